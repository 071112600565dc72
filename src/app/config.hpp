// Every setting of `handin serve`: from a flag, the environment, the configuration file, or its
// default, in this order.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "app/s3_settings.hpp"

namespace handin::app {

struct Config {
    std::string config_file;
    std::string listen = "127.0.0.1:8080";
    std::filesystem::path data = "handin-data";
    // sqlite:PATH or postgresql://…; empty: sqlite:handin.db in the data folder
    std::string database;
    std::string blobs;  // file:PATH or s3://...; empty: file:files in the data folder
    S3Settings s3;
    std::string log_level = "info";
    bool receipts = true;
    int edlink_token_status = 401;

    std::string tls_certificate;  // empty, both: plain HTTP
    std::string tls_key;

    unsigned threads = 0;
    unsigned sync_threads = 16;
    std::uint64_t max_connections = 10'000;
    std::uint64_t max_connections_per_address = 5'000;
    std::uint64_t max_head_bytes = 16 * 1024;
    std::uint64_t max_body_bytes = 32ULL * 1024 * 1024;
    std::uint64_t max_form_bytes = 512ULL * 1024 * 1024;
    std::uint64_t max_waiting = 8192;
    std::uint64_t max_bodies = 2048;
    std::uint64_t max_body_memory = 256ULL * 1024 * 1024;
    std::uint64_t min_free_space = 64ULL * 1024 * 1024;
    unsigned head_timeout = 10;
    unsigned body_idle_timeout = 30;
    std::uint64_t min_body_rate = 500;
    unsigned write_timeout = 30;
    std::uint64_t min_reply_rate = 500;
    std::uint64_t max_reply_memory = 256ULL * 1024 * 1024;
    unsigned keep_alive_timeout = 75;
    unsigned shutdown_timeout = 30;
    unsigned collect_after = 86'400;  // seconds
    unsigned collect_every = 21'600;  // seconds; 0: never
    std::vector<std::string> trusted_proxies;

    std::uint64_t max_upload_bytes = 2ULL << 30U;
    std::uint64_t max_uploads_at_once = 512;
    std::uint64_t max_uploads_per_person = 100;
    std::uint64_t max_upload_bytes_per_person = 4ULL << 30U;
    std::uint64_t max_upload_bytes_per_account = 256ULL << 30U;
    unsigned upload_lifetime = 24 * 60 * 60;
    unsigned attachment_lifetime = 14 * 24 * 60 * 60;
    std::string tabula_time_zone = "Europe/London";

    std::string clamd;  // unix:/path or HOST:PORT; empty: no virus scan
    std::string clamd_unavailable = "refuse";
    unsigned clamd_timeout = 30;
    unsigned clamd_connections = 8;
    std::uint64_t max_quarantine_bytes = 256ULL * 1024 * 1024;

    unsigned delivery_timeout = 15;  // seconds
    unsigned delivery_tries = 4;
    unsigned delivery_pause = 180;  // seconds
    unsigned delivery_concurrency = 16;
    unsigned delivery_dead_days = 30;
    std::vector<std::string> delivery_networks;
    std::string delivery_ca;
    std::string sqs_endpoint;     // empty: Amazon's
    std::string sqs_region;       // empty: as the queue's URL names it
    std::string sqs_credentials;  // file; empty: from the environment
    std::string kafka_brokers;    // empty: no Kafka
    std::string kafka_properties;
    std::string event_issuer;  // empty: the server's own URL

    bool demo = false;
    std::uint32_t students = 30;
    std::uint32_t classes = 3;
};

// Adds the options to the command. `config` outlives the parsing.
void add_options(CLI::App& command, Config& config);

// After the parsing: fills in from the file what neither a flag nor the environment gave. Throws
// std::runtime_error naming file, line and key.
void read_config_file(CLI::App& command, const std::string& file);

// "127.0.0.1:8080", "[::1]:8080". Throws std::runtime_error.
struct Address {
    std::string host;
    std::uint16_t port;
};
Address parse_address(const std::string& text);

}  // namespace handin::app
