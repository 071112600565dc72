#include "app/wiring.hpp"

#include <chrono>
#include <memory>
#include <stdexcept>

#include "app/demo/demo.hpp"
#include "app/secret_file.hpp"
#include "app/services.hpp"
#include "app/storage.hpp"
#include "base/log.hpp"
#include "http/server.hpp"
#include "service/collector.hpp"

namespace handin::app {
namespace {

std::string url_of(const Address& address, std::uint16_t port, bool tls) {
    const bool v6 = address.host.find(':') != std::string::npos;
    const bool any = address.host == "0.0.0.0" || address.host == "::";
    const auto host = any ? "127.0.0.1" : v6 ? '[' + address.host + ']' : address.host;
    return (tls ? "https://" : "http://") + host + ":" + std::to_string(port);
}

std::shared_ptr<http::Tls> tls_of(const Config& config) {
    if (config.tls_certificate.empty() != config.tls_key.empty())
        throw std::runtime_error("--tls-certificate and --tls-key: give both or neither");
    if (config.tls_certificate.empty()) return nullptr;
    return std::make_shared<http::Tls>(config.tls_certificate, config.tls_key);
}

http::ServerOptions server_options(const Config& config, const Address& address,
                                   std::shared_ptr<const http::Tls> tls, Metrics& metrics) {
    using std::chrono::seconds;
    http::ServerOptions options;
    options.host = address.host;
    options.port = address.port;
    options.threads = config.threads;
    options.limits = {.head_bytes = config.max_head_bytes,
                      .body_bytes = config.max_body_bytes,
                      .form_bytes = config.max_form_bytes,
                      .connections = config.max_connections,
                      .connections_per_address = config.max_connections_per_address,
                      .head_timeout = seconds(config.head_timeout),
                      .body_idle = seconds(config.body_idle_timeout),
                      .body_rate = config.min_body_rate,
                      .write_timeout = seconds(config.write_timeout),
                      .reply_rate = config.min_reply_rate,
                      .reply_memory = config.max_reply_memory,
                      .keep_alive = seconds(config.keep_alive_timeout)};
    options.tls = std::move(tls);
    options.trusted_proxies = config.trusted_proxies;
    options.observe = [&metrics](const http::Observation& seen) {
        metrics.request(seen.route, seen.method, seen.status, seen.seconds, seen.bytes_in,
                        seen.bytes_out);
    };
    return options;
}

}  // namespace

// Destroyed from the last to the first: the services finish what is waiting and wake sessions,
// whose frames go with the server and still let go of staged files in the storage.
struct Site::Parts {
    explicit Parts(const Config& config)
        : address(parse_address(config.listen)),
          shutdown_timeout(config.shutdown_timeout),
          tls(tls_of(config)),
          storage(config),
          server(server_options(config, address, tls, metrics), router, clock),
          base_url(url_of(address, server.port(), tls != nullptr)) {
        claim_files(storage);
        if (config.demo)
            ensure_demo_school(storage.store, storage.data, {config.students, config.classes},
                               base_url, clock.now());
        require_whole(storage.store);
        prepare(storage, clock.now());
        if (!config.clamd.empty())
            scanning = std::make_unique<Scanning>(config, storage, clock, metrics);
        services =
            std::make_unique<Services>(storage, scanning.get(), clock, metrics, config, base_url);
        services->add_routes(router);
        if (config.collect_every > 0) start_collector(config);
        add_gauges();
    }

    void start_collector(const Config& config);
    void add_gauges();

    Address address;
    std::chrono::seconds shutdown_timeout;
    SystemClock clock;
    Metrics metrics;
    std::shared_ptr<http::Tls> tls;  // null: plain HTTP
    Storage storage;
    std::unique_ptr<Scanning> scanning;  // null: nobody
    http::Router router;
    http::Server server;
    std::string base_url;
    std::unique_ptr<Services> services;
    std::unique_ptr<service::Collector> collector;
};

void Site::Parts::start_collector(const Config& config) {
    collector = std::make_unique<service::Collector>(
        storage.store, storage.blobs, clock, [this] { return services->committer.waiting() > 0; },
        service::CollectorOptions{.age = std::chrono::seconds(config.collect_after),
                                  .every = std::chrono::seconds(config.collect_every)});
    metrics.gauge("handin_collector_sweeps", "Sweeps of the files since the start",
                  [this] { return static_cast<double>(collector->sweeps()); });
    metrics.gauge("handin_collector_removed_files", "Files that nothing named, since the start",
                  [this] { return static_cast<double>(collector->removed()); });
}

void Site::Parts::add_gauges() {
    services->add_gauges(metrics);
    metrics.gauge("handin_http_connections", "Open connections",
                  [this] { return static_cast<double>(server.counts().connections_open); });
    metrics.gauge("handin_http_requests_active", "Requests being answered",
                  [this] { return static_cast<double>(server.counts().requests_active); });
    metrics.gauge("handin_http_reply_bytes", "Memory of replies that are being sent",
                  [this] { return static_cast<double>(server.counts().reply_bytes); });
    metrics.gauge("handin_disk_free_bytes", "Free where the database or the files are",
                  [this] { return static_cast<double>(storage.space.free()); });
    if (storage.log_pages)
        metrics.gauge("handin_store_log_pages", "Pages in the write-ahead log",
                      [this] { return static_cast<double>(storage.log_pages()); });
    metrics.gauge("handin_store_writable", "1 unless a write has failed for good",
                  [this] { return storage.store.writable() ? 1.0 : 0.0; });
    if (const auto* s3 = storage.s3.get()) {
        metrics.gauge("handin_s3_requests", "Requests to S3 since the start",
                      [s3] { return static_cast<double>(s3->bucket().requests()); });
        metrics.gauge("handin_s3_repeats", "Of these, repeats of requests that had failed",
                      [s3] { return static_cast<double>(s3->bucket().repeats()); });
    }
    if (tls)
        metrics.gauge("handin_tls_certificate_expiry_timestamp_seconds",
                      "When the TLS certificate expires, in seconds since 1970", [this] {
                          return static_cast<double>(
                              whole_seconds(tls->expires_at()).time_since_epoch().count());
                      });
}

Site::Site(const Config& config) : parts_(std::make_unique<Parts>(config)) {}
Site::~Site() = default;

const std::string& Site::base_url() const {
    return parts_->base_url;
}

void Site::start() {
    // First: whoever sees that it is ready may ask where it is.
    write_secret(parts_->storage.data / kUrlFile, parts_->base_url + "\n");
    parts_->server.start();
    parts_->services->delivery.start();
}

void Site::reload(Reload when) {
    auto* tls = parts_->tls.get();
    if (!tls || (when == Reload::if_changed && !tls->changed())) return;
    try {
        tls->reload();
        log::info("TLS certificate read again",
                  {{"expires_at", std::string_view(iso_seconds(tls->expires_at()))}});
    } catch (const std::runtime_error& error) {
        log::error("TLS certificate not usable; going on with the one before",
                   {{"reason", error.what()}});
    }
}

bool Site::stop() {
    parts_->services->news.stop();  // which streams wait for
    parts_->server.stop(parts_->shutdown_timeout);
    parts_->services->delivery.stop();
    if (parts_->storage.s3) parts_->storage.s3->stop();
    parts_->storage.database_pool.drain();
    parts_->storage.pool.drain();
    parts_->services->password_sign_in.drain();
    return parts_->server.counts().requests_active == 0;
}

}  // namespace handin::app
