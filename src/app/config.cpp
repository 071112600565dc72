#include "app/config.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <stdexcept>

namespace handin::app {
namespace {

constexpr std::uint64_t kKibi = 1024;

std::string scalar_text(const toml::node& value, const std::string& where) {
    if (const auto text = value.value<std::string>()) return *text;
    if (const auto flag = value.as_boolean()) return flag->get() ? "true" : "false";
    if (const auto number = value.as_integer()) return std::to_string(number->get());
    throw std::runtime_error(where + ": expected a text, a whole number or true/false");
}

std::vector<std::string> texts_of(const toml::node& value, const std::string& where) {
    const auto* array = value.as_array();
    if (array == nullptr) return {scalar_text(value, where)};
    std::vector<std::string> texts;
    for (const auto& item : *array)
        texts.push_back(scalar_text(item, where));
    return texts;
}

// Each setting has the same name everywhere: --max-head-bytes, HANDIN_MAX_HEAD_BYTES and
// max_head_bytes.
class Settings {
 public:
    explicit Settings(CLI::App& command) : command_(command) {}

    template <class Value>
    CLI::Option* add(const std::string& name, Value& value, const std::string& help) {
        return named(command_.add_option("--" + name, value, help)->capture_default_str(), name);
    }

    CLI::Option* add_flag(const std::string& name, bool& value, const std::string& help) {
        return named(command_.add_flag("--" + name, value, help), name);
    }

    std::string group;  // of the settings that follow

 private:
    CLI::Option* named(CLI::Option* option, std::string name) {
        std::ranges::transform(name, name.begin(), [](char c) {
            return c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        });
        return option->envname("HANDIN_" + name)->group(group);
    }

    CLI::App& command_;
};

}  // namespace

void add_options(CLI::App& command, Config& config) {
    const auto seconds = CLI::Range(1U, 86'400U);
    const auto a_million = CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000});
    Settings settings(command);

    settings.group = "Options";
    settings.add("config", config.config_file,
                 "TOML file with any of these settings, as in: max_connections = 500");
    settings.add("listen", config.listen, "HOST:PORT to answer on");
    settings.add("data", config.data, "Folder of everything that is kept");
    settings.add(
        "database", config.database,
        "sqlite:PATH, or postgresql://USER@HOST:PORT,HOST:PORT/NAME for several nodes; left "
        "out: handin.db in the data folder");
    settings.add(
        "blobs", config.blobs,
        "file:FOLDER of handed-in files, or s3://BUCKET/PREFIX?endpoint=URL&region=NAME; left "
        "out: files in the data folder");
    settings.add("log-level", config.log_level, "What is logged, on standard error")
        ->check(CLI::IsMember({"debug", "info", "warn", "error"}));

    settings.add("receipts", config.receipts, "Sign a receipt for each attempt")
        ->type_name("on|off")
        ->default_str("on");

    settings
        .add("edlink-token-status", config.edlink_token_status,
             "HTTP status of the Edlink API where a token is not good")
        ->check(CLI::IsMember({400, 401}));

    settings.group = "TLS";
    auto* certificate = settings.add(
        "tls-certificate", config.tls_certificate,
        "PEM file: the server's certificate and its chain. Read again when it changes");
    auto* key = settings.add("tls-key", config.tls_key,
                             "PEM file: the certificate's key, without a passphrase");
    certificate->needs(key);
    key->needs(certificate);

    settings.group = "Limits";
    settings.add("threads", config.threads, "Threads that serve connections; 0: one a core")
        ->check(CLI::Range(0U, 256U));
    settings.add("sync-threads", config.sync_threads, "Threads that wait for the disk")
        ->check(CLI::Range(1U, 256U));
    settings
        .add("max-connections", config.max_connections, "Open connections; more are turned away")
        ->check(a_million);
    settings
        .add("max-connections-per-address", config.max_connections_per_address,
             "Open connections from one address, unless it is a trusted proxy; 0: no bound")
        ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{1'000'000}));
    settings.add("max-head-bytes", config.max_head_bytes, "Bytes of a request's head")
        ->check(CLI::Range(kKibi, 1024 * kKibi));
    settings
        .add("max-body-bytes", config.max_body_bytes,
             "Bytes of a request's body (Edlink promises 32 MiB)")
        ->check(CLI::Range(kKibi, 1024 * kKibi * kKibi));
    settings
        .add("max-form-bytes", config.max_form_bytes,
             "Bytes of a submit as multipart/form-data, all files together")
        ->check(CLI::Range(kKibi, 1024 * 1024 * kKibi * kKibi));
    settings
        .add("max-waiting", config.max_waiting,
             "Writes that may wait for the disk; more get 503 and Retry-After")
        ->check(a_million);
    settings
        .add("max-bodies", config.max_bodies,
             "Submits whose bodies are received at once; more get 503 and Retry-After")
        ->check(a_million);
    settings
        .add("max-body-memory", config.max_body_memory,
             "Bytes of memory for all bodies that are received at once")
        ->check(CLI::Range(kKibi * kKibi, 1024 * 1024 * kKibi * kKibi));
    settings
        .add("max-reply-memory", config.max_reply_memory,
             "Bytes of memory for all replies that are being sent; more reading gets 503")
        ->check(CLI::Range(kKibi * kKibi, 1024 * 1024 * kKibi * kKibi));
    settings
        .add("min-free-space", config.min_free_space,
             "Bytes that must be free on the disk for anything to be taken in; 0: no bound")
        ->check(CLI::Range(std::uint64_t{0}, 1024 * 1024 * kKibi * kKibi));
    settings.add("head-timeout", config.head_timeout, "Seconds for a request's head to arrive")
        ->check(seconds);
    settings
        .add("body-idle-timeout", config.body_idle_timeout,
             "Seconds for which a request's body may pause")
        ->check(seconds);
    settings
        .add("min-body-rate", config.min_body_rate,
             "Bytes a second of a request's body, on average over each body-idle-timeout; 0: no "
             "bound")
        ->check(CLI::Range(std::uint64_t{0}, kKibi * kKibi));
    settings
        .add("write-timeout", config.write_timeout,
             "Seconds for which a client may take nothing of a reply")
        ->check(seconds);
    settings
        .add("min-reply-rate", config.min_reply_rate,
             "Bytes a second of a reply that a client takes, on average over each write-timeout of "
             "waiting for it; 0: no bound")
        ->check(CLI::Range(std::uint64_t{0}, kKibi * kKibi));
    settings
        .add("keep-alive-timeout", config.keep_alive_timeout,
             "Seconds for which a connection may be idle")
        ->check(seconds);
    settings
        .add("shutdown-timeout", config.shutdown_timeout,
             "Seconds that running requests get to finish at a stop")
        ->check(seconds);
    settings
        .add("collect-after", config.collect_after,
             "Seconds after which a file that nothing names is removed")
        ->check(CLI::Range(3'600U, 31'536'000U));  // an hour: no request takes nearly as long
    settings
        .add("collect-every", config.collect_every,
             "Seconds between looks for such files; 0: never")
        ->check(CLI::Range(0U, 2'592'000U));
    settings
        .add("trusted-proxies", config.trusted_proxies,
             "Addresses whose X-Forwarded-* headers are believed, separated by commas")
        ->delimiter(',');

    settings.group = "Uploads that are not handed in yet";
    const auto bytes = CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 50U);
    settings.add("max-upload-bytes", config.max_upload_bytes, "Bytes of one upload")->check(bytes);
    settings
        .add("max-uploads-at-once", config.max_uploads_at_once,
             "Uploads that are being sent; more get 503 and Retry-After")
        ->check(a_million);
    settings
        .add("max-uploads-per-person", config.max_uploads_per_person,
             "How many somebody may have; more get 413")
        ->check(a_million);
    settings
        .add("max-upload-bytes-per-person", config.max_upload_bytes_per_person,
             "Bytes that somebody may have; more get 413")
        ->check(bytes);
    settings
        .add("max-upload-bytes-per-account", config.max_upload_bytes_per_account,
             "Bytes that a school may have; more get 413")
        ->check(bytes);
    settings
        .add("upload-lifetime", config.upload_lifetime,
             "Seconds after its last byte until an upload is forgotten")
        ->check(CLI::Range(1U, 30U * 86'400U));
    settings
        .add("attachment-lifetime", config.attachment_lifetime,
             "Seconds for which an attachment of the Tabula API is kept that is not handed in")
        ->check(CLI::Range(60U, 365U * 24 * 60 * 60));
    settings.add("tabula-time-zone", config.tabula_time_zone,
                 "Time zone (IANA) in which the Tabula API shows and reads times");
    settings.group = "S3 (with --blobs s3://...)";
    settings.add("s3-credentials", config.s3.credentials,
                 "File in the form of ~/.aws/credentials, read again when it changes; left out: "
                 "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN");
    settings.add("s3-ca", config.s3.ca, "PEM file of an authority of your own");
    settings
        .add("s3-patience", config.s3.patience,
             "Seconds for which a request that fails is repeated; then clients get 503")
        ->check(CLI::Range(0U, 600U));
    settings
        .add("s3-timeout", config.s3.timeout, "Seconds without a byte after which one has failed")
        ->check(CLI::Range(1U, 600U));
    settings
        .add("s3-connections", config.s3.connections,
             "Connections for uploads, and as many for downloads")
        ->check(CLI::Range(1U, 10'000U));

    settings.group = "Virus scan";
    settings.add("clamd", config.clamd,
                 "unix:/path or HOST:PORT of a clamd that looks at every file before it is taken");
    settings
        .add("clamd-unavailable", config.clamd_unavailable,
             "What becomes of files when clamd is down, too slow, or does not take their size")
        ->check(CLI::IsMember({"refuse", "accept"}));
    settings.add("clamd-timeout", config.clamd_timeout, "Seconds for a scan, its wait included")
        ->check(CLI::Range(1U, 3600U));
    settings.add("clamd-connections", config.clamd_connections, "Scans at a time; others wait")
        ->check(CLI::Range(1U, 1000U));
    settings
        .add("max-quarantine-bytes", config.max_quarantine_bytes,
             "Bytes of infected files that are kept; beyond, the oldest go")
        ->check(CLI::Range(kKibi, 1024 * kKibi * kKibi * kKibi));

    settings.group = "Events that go out";
    settings
        .add("delivery-timeout", config.delivery_timeout, "Seconds for a receiver to answer in")
        ->check(CLI::Range(1U, 600U));
    settings
        .add("delivery-tries", config.delivery_tries,
             "How often an event is sent until it is left for an administrator to look at")
        ->check(CLI::Range(1U, 100U));
    settings
        .add("delivery-pause", config.delivery_pause,
             "Seconds until the second try, at most; twice as many until the third, and so on")
        ->check(CLI::Range(1U, 3'600U));
    settings
        .add("delivery-concurrency", config.delivery_concurrency,
             "Events on their way to one subscription at a time")
        ->check(CLI::Range(1U, 1'000U));
    settings
        .add("delivery-dead-days", config.delivery_dead_days,
             "Days until an event that could not be delivered is forgotten; it stays in the outbox")
        ->check(CLI::Range(1U, 3'650U));
    settings
        .add("delivery-networks", config.delivery_networks,
             "Networks (10.1.0.0/16, ::1) that events may be sent to although they are not public, "
             "separated by commas")
        ->delimiter(',');
    settings.add("delivery-ca", config.delivery_ca,
                 "PEM file of whom to believe that a receiver is who it says it is; left out: the "
                 "system's authorities");
    settings.add("sqs-endpoint", config.sqs_endpoint,
                 "http(s)://HOST:PORT of a server that speaks SQS; left out: Amazon's");
    settings.add("sqs-region", config.sqs_region,
                 "Its region; left out: as the queue's URL names it");
    settings.add("sqs-credentials", config.sqs_credentials,
                 "File in the form of ~/.aws/credentials, read again when it changes; left out: "
                 "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN");
    settings.add("kafka-brokers", config.kafka_brokers,
                 "HOST:PORT of brokers of Kafka, separated by commas; left out: there is none");
    settings.add("kafka-properties", config.kafka_properties,
                 "File of name=value lines for librdkafka: security.protocol, ssl.ca.location, "
                 "sasl.mechanism, sasl.username, sasl.password and others");
    settings.add("event-issuer", config.event_issuer,
                 "The issuer (iss) of signed events; left out: the server's URL");

    settings.group = "Demo";
    settings.add_flag("demo", config.demo, "Make a demo school if the data folder is empty");
    settings.add("students", config.students, "Students of the demo school")
        ->check(CLI::Range(1U, 900'000U));
    settings.add("classes", config.classes, "Classes of the demo school")
        ->check(CLI::Range(1U, 10'000U));
}

void read_config_file(CLI::App& command, const std::string& file) {
    toml::table table;
    try {
        table = toml::parse_file(file);
    } catch (const toml::parse_error& error) {
        throw std::runtime_error(file + ":" + std::to_string(error.source().begin.line) + ": " +
                                 std::string(error.description()));
    }
    for (const auto& [key, value] : table) {
        const auto where =
            file + ":" + std::to_string(value.source().begin.line) + ": " + std::string(key.str());
        std::string flag = "--" + std::string(key.str());
        std::ranges::replace(flag, '_', '-');
        auto* option = command.get_option_no_throw(flag);
        if (option == nullptr || flag == "--config")
            throw std::runtime_error(where +
                                     ": there is no such setting (see handin serve --help)");
        if (option->count() > 0) continue;
        try {
            for (const auto& text : texts_of(value, where))
                option->add_result(text);
            option->run_callback();
        } catch (const CLI::Error& error) {
            throw std::runtime_error(where + ": " + error.what());
        }
    }
}

Address parse_address(const std::string& text) {
    const auto colon = text.rfind(':');
    const auto port = colon == std::string::npos ? std::string() : text.substr(colon + 1);
    Address address{.host = text.substr(0, colon), .port = 0};
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
    if (port.empty() || error != std::errc() || end != port.data() + port.size() ||
        address.host.empty())
        throw std::runtime_error("--listen: expected HOST:PORT, got '" + text + "'");
    if (address.host.front() == '[' && address.host.back() == ']')
        address.host = address.host.substr(1, address.host.size() - 2);
    return address;
}

}  // namespace handin::app
