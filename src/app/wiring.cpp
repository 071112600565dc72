#include "app/wiring.hpp"

#include <filesystem>
#include <stdexcept>

#include "api/admin/admin.hpp"
#include "api/edlink/edlink.hpp"
#include "app/data_folder.hpp"
#include "app/demo/demo.hpp"
#include "app/secret_file.hpp"
#include "base/disk_space.hpp"
#include "base/hash.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "base/pool.hpp"
#include "base/random.hpp"
#include "blob/local/local_store.hpp"
#include "http/server.hpp"
#include "outbox/feed.hpp"
#include "service/access.hpp"
#include "service/committer.hpp"
#include "service/coursework.hpp"
#include "service/intake.hpp"
#include "service/sign_in.hpp"
#include "store/sqlite/sqlite_store.hpp"

namespace handin::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCursorKey = "cursor_key";

// The part after "scheme:", or the fallback if nothing is configured.
fs::path path_of(const std::string& url, std::string_view scheme, const fs::path& fallback,
                 std::string_view setting) {
    if (url.empty()) return fallback;
    if (!url.starts_with(scheme))
        throw std::runtime_error("--" + std::string(setting) + ": expected " + std::string(scheme) +
                                 "PATH, got '" + url + "'");
    return url.substr(scheme.size());
}

fs::path made(const fs::path& folder) {
    make_private_folder(folder);
    return folder;
}

std::string url_of(const Address& address, std::uint16_t port) {
    const bool v6 = address.host.find(':') != std::string::npos;
    const bool any = address.host == "0.0.0.0" || address.host == "::";
    const auto host = any ? "127.0.0.1" : v6 ? '[' + address.host + ']' : address.host;
    return "http://" + host + ":" + std::to_string(port);
}

http::ServerOptions server_options(const Config& config, const Address& address, Metrics& metrics) {
    using std::chrono::seconds;
    http::ServerOptions options;
    options.host = address.host;
    options.port = address.port;
    options.threads = config.threads;
    options.limits = {.head_bytes = config.max_head_bytes,
                      .body_bytes = config.max_body_bytes,
                      .connections = config.max_connections,
                      .connections_per_address = config.max_connections_per_address,
                      .head_timeout = seconds(config.head_timeout),
                      .body_idle = seconds(config.body_idle_timeout),
                      .body_rate = config.min_body_rate,
                      .write_timeout = seconds(config.write_timeout),
                      .keep_alive = seconds(config.keep_alive_timeout)};
    options.trusted_proxies = config.trusted_proxies;
    options.observe = [&metrics](const http::Observation& seen) {
        metrics.request(seen.route, seen.method, seen.status, seen.seconds, seen.bytes_in,
                        seen.bytes_out);
    };
    return options;
}

// What is kept, and the threads that wait for the disk.
struct Storage {
    explicit Storage(const Config& config)
        : data(made(config.data)),
          pool(config.sync_threads),
          database(path_of(config.database, "sqlite:", data / "handin.db", "database")),
          files(path_of(config.blobs, "file:", data / "files", "blobs")),
          store(database, &pool),
          blobs(files, pool),
          space({fs::absolute(database).parent_path(), files}, config.min_free_space) {}

    fs::path data;
    Pool pool;
    fs::path database;
    fs::path files;
    store::sqlite::SqliteStore store;
    blob::LocalStore blobs;
    DiskSpace space;
};

// What a new installation needs before it can answer: a key that signs cursors, and an admin token
// that is shown nowhere but in a file of the data folder.
void prepare(Storage& storage, Time now) {
    bool has_key = false;
    bool has_admin = false;
    storage.store.read_now([&](store::Reader& reader) {
        has_key = reader.setting(kCursorKey).has_value();
        has_admin = reader.has_token(domain::Token::Kind::admin);
    });
    domain::Changes changes;
    if (!has_key)
        changes.settings.push_back({.name = std::string(kCursorKey), .value = random_token()});
    if (!has_admin) {
        const auto token = random_token();
        write_secret(storage.data / kAdminTokenFile, token + "\n");
        changes.tokens.push_back({.hash = sha256(token),
                                  .account_id = {},
                                  .kind = domain::Token::Kind::admin,
                                  .person_id = std::nullopt,
                                  .integration_id = std::nullopt,
                                  .refresh_hash = std::nullopt,
                                  .created_at = now,
                                  .expires_at = std::nullopt});
    }
    if (has_key && has_admin) return;
    const domain::Changes* const all[] = {&changes};
    storage.store.writer()->commit(all);
}

std::string setting_of(store::Store& store, std::string_view name) {
    std::string value;
    store.read_now([&](store::Reader& reader) { value = reader.setting(name).value_or(""); });
    return value;
}

// The use cases and the dialects over them.
struct Services {
    Services(Storage& storage, const Clock& clock, Metrics& metrics, const Config& config)
        : committer(storage.store, clock, {.waiting = config.max_waiting},
                    [&metrics](const service::BatchSeen& seen) {
                        metrics.batch(seen.commands, seen.seconds);
                    }),
          access(storage.store, clock),
          coursework(storage.store, storage.blobs, clock),
          intake(storage.store, storage.blobs, committer, coursework, clock,
                 {.reception = {.bodies = config.max_bodies, .bytes = config.max_body_memory},
                  .room_on_disk = [&storage] { return storage.space.enough(); }}),
          sign_in(storage.store, committer, clock),
          feed(storage.store),
          edlink({access, coursework, intake, sign_in, clock},
                 setting_of(storage.store, kCursorKey)),
          admin(access, feed, metrics, [this, &storage] { return trouble(storage); }) {}

    std::string trouble(const Storage& storage) const {
        if (!storage.store.writable()) return "the store takes no writes";
        if (!storage.space.enough() || intake.short_of_room()) return "the disk is full";
        return "";
    }

    service::Committer committer;
    service::Access access;
    service::Coursework coursework;
    service::Intake intake;
    service::SignIn sign_in;
    outbox::Feed feed;
    edlink::Edlink edlink;
    admin::Admin admin;
};

}  // namespace

// Destroyed from the last to the first: the services finish what is waiting and wake sessions,
// whose frames go with the server and still let go of staged files in the storage.
struct Site::Parts {
    explicit Parts(const Config& config)
        : address(parse_address(config.listen)),
          shutdown_timeout(config.shutdown_timeout),
          storage(config),
          server(server_options(config, address, metrics), router, clock),
          base_url(url_of(address, server.port())) {
        if (config.demo)
            ensure_demo_school(storage.store, storage.data, {config.students, config.classes},
                               base_url, clock.now());
        prepare(storage, clock.now());
        services = std::make_unique<Services>(storage, clock, metrics, config);
        services->edlink.add_routes(router);
        services->admin.add_routes(router);
        add_gauges();
    }

    void add_gauges();

    Address address;
    std::chrono::seconds shutdown_timeout;
    SystemClock clock;
    Metrics metrics;
    Storage storage;
    http::Router router;
    http::Server server;
    std::string base_url;
    std::unique_ptr<Services> services;
};

void Site::Parts::add_gauges() {
    metrics.gauge("handin_http_connections", "Open connections",
                  [this] { return static_cast<double>(server.counts().connections_open); });
    metrics.gauge("handin_http_requests_active", "Requests being answered",
                  [this] { return static_cast<double>(server.counts().requests_active); });
    metrics.gauge("handin_commit_waiting", "Commands that wait for the next batch",
                  [this] { return static_cast<double>(services->committer.waiting()); });
    metrics.gauge("handin_submits_receiving", "Submits whose bodies are received or committed",
                  [this] { return static_cast<double>(services->intake.reception().bodies()); });
    metrics.gauge("handin_submits_memory_bytes", "Memory that they are counted with",
                  [this] { return static_cast<double>(services->intake.reception().bytes()); });
    metrics.gauge("handin_disk_free_bytes", "Free where the database or the files are",
                  [this] { return static_cast<double>(storage.space.free()); });
    metrics.gauge("handin_store_log_pages", "Pages in the write-ahead log",
                  [this] { return static_cast<double>(storage.store.log_pages()); });
    metrics.gauge("handin_store_writable", "1 unless a write has failed for good",
                  [this] { return storage.store.writable() ? 1.0 : 0.0; });
}

Site::Site(const Config& config) : parts_(std::make_unique<Parts>(config)) {}
Site::~Site() = default;

const std::string& Site::base_url() const {
    return parts_->base_url;
}

void Site::start() {
    parts_->server.start();
    write_secret(parts_->storage.data / kUrlFile, parts_->base_url + "\n");
}

bool Site::stop() {
    parts_->server.stop(parts_->shutdown_timeout);
    parts_->storage.pool.drain();
    return parts_->server.counts().requests_active == 0;
}

}  // namespace handin::app
