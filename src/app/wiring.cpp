#include "app/wiring.hpp"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>

#include "api/admin/access_routes.hpp"
#include "api/admin/admin.hpp"
#include "api/admin/event_stream.hpp"
#include "api/admin/receipts.hpp"
#include "api/admin/roster_routes.hpp"
#include "api/admin/work_routes.hpp"
#include "api/edlink/edlink.hpp"
#include "api/tabula/tabula.hpp"
#include "api/tus/tus.hpp"
#include "app/data_folder.hpp"
#include "app/delivery.hpp"
#include "app/demo/demo.hpp"
#include "app/receipt_keys.hpp"
#include "app/secret_file.hpp"
#include "base/disk_space.hpp"
#include "base/hash.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "base/pool.hpp"
#include "base/process_lock.hpp"
#include "base/random.hpp"
#include "base/zone.hpp"
#include "blob/local/local_store.hpp"
#include "blob/s3/s3_store.hpp"
#include "http/server.hpp"
#include "outbox/feed.hpp"
#include "outbox/news.hpp"
#include "receipt/sealer.hpp"
#include "scan/clamd.hpp"
#include "scan/quarantine.hpp"
#include "service/access.hpp"
#include "service/administration/administration.hpp"
#include "service/assignments.hpp"
#include "service/categories.hpp"
#include "service/collector.hpp"
#include "service/committer.hpp"
#include "service/coursework.hpp"
#include "service/inspection.hpp"
#include "service/intake.hpp"
#include "service/office/office.hpp"
#include "service/password_sign_in.hpp"
#include "service/receipts.hpp"
#include "service/roster/import.hpp"
#include "service/rosters.hpp"
#include "service/sign_in.hpp"
#include "service/upload_sweeper.hpp"
#include "service/uploads.hpp"
#include "service/work_notes.hpp"
#include "store/move.hpp"
#include "store/postgres/postgres_deliveries.hpp"
#include "store/postgres/postgres_store.hpp"
#include "store/sqlite/sqlite_deliveries.hpp"
#include "store/sqlite/sqlite_store.hpp"

namespace handin::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCursorKey = "cursor_key";
constexpr std::string_view kFilesKey = "files_key";
constexpr std::size_t kBusyCommits = 8;      // that wait: then events go out more slowly
constexpr std::size_t kDatabaseReaders = 8;  // connections; see docs/operating.md
// What graders send that is being received; by far more than they ever do at once.
constexpr std::size_t kMarksAtOnce = 512;
constexpr std::size_t kMarkMemory = std::size_t{32} << 20U;

fs::path made(const fs::path& folder) {
    if (fs::exists(folder / kRestoring))
        throw std::runtime_error("a restore into " + folder.string() +
                                 " was interrupted: empty the folder and restore again");
    make_private_folder(folder);
    return folder;
}

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

domain::UploadLimits upload_limits(const Config& config) {
    return {.bytes = config.max_upload_bytes,
            .person_bytes = config.max_upload_bytes_per_person,
            .account_bytes = config.max_upload_bytes_per_account,
            .person_uploads = config.max_uploads_per_person,
            .life = std::chrono::seconds(config.upload_lifetime),
            .api_user_life = std::chrono::seconds(config.attachment_lifetime)};
}

// Often enough that expired uploads do not pile up, however short they live.
service::SweepPace sweep_pace(const domain::UploadLimits& limits) {
    service::SweepPace pace;
    pace.idle = std::min<std::chrono::milliseconds>(pace.idle, limits.life);
    return pace;
}

// What is kept, and the threads that wait for the disk.
struct Storage {
    explicit Storage(const Config& config)
        : Storage(config, places(config.data, config.database, config.blobs)) {}

    Storage(const Config& config, const Places& places)
        : data(made(places.data)),
          files(places.files),
          lock(data, "this data folder"),
          pool(config.sync_threads),
          database_pool(!places.server.empty() ? kDatabaseReaders : 0),
          store_(opened(places)),
          store(*store_),
          s3(s3_store(config, places)),
          local(local_store(places)),
          blobs(s3 ? static_cast<blob::BlobStore&>(*s3) : *local),
          space({fs::absolute(places.database).parent_path(), s3 ? data : files},
                config.min_free_space) {}

    std::unique_ptr<store::Store> opened(const Places& places) {
        if (!places.server.empty())
            return std::make_unique<store::postgres::PostgresStore>(places.server, &database_pool);
        auto sqlite = std::make_unique<store::sqlite::SqliteStore>(places.database, &pool);
        log_pages = [store = sqlite.get()] { return store->log_pages(); };
        return sqlite;
    }

    std::unique_ptr<blob::S3Store> s3_store(const Config& config, const Places& places) {
        if (places.bucket.empty()) return nullptr;
        return std::make_unique<blob::S3Store>(s3_options(places.bucket, config.s3),
                                               (data / kSpoolFolder).string(), pool, clock);
    }

    std::unique_ptr<blob::LocalStore> local_store(const Places& places) {
        if (s3) return nullptr;
        const blob::LocalOptions options{.shared = store.leases() != nullptr};
        return std::make_unique<blob::LocalStore>(places.files, pool, options);
    }

    // Whose the files are; nullopt: nobody's yet. These block.
    std::optional<std::string> owner() { return s3 ? s3->mark() : read_text(files / kOwnerFile); }
    void set_owner(const std::string& text) {
        s3 ? s3->set_mark(text) : write_secret(files / kOwnerFile, text);
    }

    SystemClock clock;
    fs::path data;
    fs::path files;    // empty: in a bucket
    ProcessLock lock;  // the store and the files have one each, for they may be elsewhere
    Pool pool;
    Pool database_pool;              // reads that wait for a server
    std::function<int()> log_pages;  // of the engine that has a log of its own
    std::unique_ptr<store::Store> store_;
    store::Store& store;
    std::unique_ptr<blob::S3Store> s3;        // null: a folder
    std::unique_ptr<blob::LocalStore> local;  // null: a bucket
    blob::BlobStore& blobs;                   // that one
    DiskSpace space;
};

std::unique_ptr<store::Deliveries> deliveries_of(const Config& config, const Storage& storage) {
    if (on_postgres(config.database))
        return std::make_unique<store::postgres::PostgresDeliveries>(config.database);
    return std::make_unique<store::sqlite::SqliteDeliveries>(storage.data / kDeliveriesFile);
}

// Who looks for viruses.
struct Scanning {
    Scanning(const Config& config, Storage& storage, const Clock& clock, Metrics& metrics)
        : clamd({.address = config.clamd,
                 .timeout = std::chrono::seconds(config.clamd_timeout),
                 .connections = config.clamd_connections}),
          quarantine(storage.data / "quarantine", config.max_quarantine_bytes, storage.pool),
          inspection(clamd, quarantine, storage.blobs, clock,
                     config.clamd_unavailable == "accept"
                         ? service::Inspection::WithoutScanner::accept
                         : service::Inspection::WithoutScanner::refuse,
                     [&metrics](const service::ScanSeen& seen) {
                         metrics.scan(seen.result, seen.seconds);
                     }) {}

    scan::Clamd clamd;
    scan::Quarantine quarantine;
    service::Inspection inspection;
};

std::string setting_of(store::Store& store, std::string_view name) {
    std::string value;
    store.read_now([&](store::Reader& reader) { value = reader.setting(name).value_or(""); });
    return value;
}

const std::string& known_zone(const std::string& name) {
    if (!is_zone(name))
        throw std::runtime_error("--tabula-time-zone: there is no time zone " + name +
                                 " (is the package tzdata installed?)");
    return name;
}

// A part of a site must not be served, nor be told apart from all of it later.
void require_whole(store::Store& store) {
    if (store::is_move_under_way(setting_of(store, store::kMoveSetting)))
        throw std::runtime_error(
            "--database: the move into this database is not finished: run handin migrate-store "
            "again, or use the database that it comes from");
}

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

service::Seal seal_with(receipt::SigningKey key) {
    struct One {  // at a time
        receipt::Sealer sealer;
        std::mutex mutex;
    };
    return [one = std::make_shared<One>(receipt::Sealer(std::move(key)))](
               std::span<domain::Changes* const> accepted) {
        std::lock_guard lock(one->mutex);
        return one->sealer.seal(accepted);
    };
}

// The collector removes what the database does not name, so a folder or bucket of files is marked
// with the database that it belongs to: a new database beside old files must not empty it.
void claim_files(Storage& storage) {
    const auto owner = storage.owner();
    auto own = setting_of(storage.store, kFilesKey);
    if (owner && *owner != own)
        throw std::runtime_error(
            "the files in " + (storage.s3 ? storage.s3->bucket().shown() : storage.files.string()) +
            " belong to another database: restore that, or use a new folder");
    if (own.empty()) {
        own = random_token();
        domain::Changes changes;
        changes.settings.push_back({.name = std::string(kFilesKey), .value = own});
        const domain::Changes* const all[] = {&changes};
        storage.store.writer()->commit(all);
        own = setting_of(storage.store, kFilesKey);  // another node may have been faster
    }
    if (!owner) storage.set_owner(own);
}

// The use cases and the dialects over them.
struct Services {
    Services(Storage& storage, Scanning* scanning, const Clock& clock, Metrics& metrics,
             const Config& config, const std::string& base_url)
        : delivery(config, base_url, storage.store, deliveries_of(config, storage), access,
                   administration, storage.pool, clock, metrics, news,
                   [this] { return committer.waiting() > kBusyCommits; }),
          committer(
              storage.store, clock, {.waiting = config.max_waiting},
              [this, &metrics](const service::BatchSeen& seen) {
                  metrics.batch(seen.commands, seen.seconds);
                  delivery.wake();
                  news.ring();
              },
              config.receipts ? seal_with(open_receipt_key(storage.data)) : service::Seal()),
          access(storage.store, clock),
          pseudonyms(setting_of(storage.store, kCursorKey)),
          coursework(storage.store, storage.blobs, pseudonyms, clock),
          rosters(storage.store),
          intake(storage.store, storage.blobs, committer, clock,
                 {.reception = {.bodies = config.max_bodies, .bytes = config.max_body_memory},
                  .room_on_disk = [&storage] { return storage.space.enough(); }},
                 scanning ? &scanning->inspection : nullptr),
          marking(storage.store, storage.blobs, committer, pseudonyms, clock,
                  {.reception = {.bodies = kMarksAtOnce, .bytes = kMarkMemory},
                   .room_on_disk = [&storage] { return storage.space.enough(); }}),
          assignments(storage.store, committer, clock),
          categories(storage.store, committer, clock),
          sign_in(storage.store, committer, clock),
          password_sign_in(storage.store, clock),
          office(storage.store, storage.blobs, committer, clock),
          receipts(storage.store),
          administration(storage.store, committer, clock),
          roster(storage.store, committer, clock),
          uploads(storage.store, storage.blobs, committer, clock, upload_limits(config),
                  {.reception = {.bodies = config.max_uploads_at_once,
                                 .bytes = config.max_uploads_at_once * service::kUploadMemory},
                   .room_on_disk = [&storage] { return storage.space.enough(); }}),
          sweeper(storage.store, storage.blobs, committer, clock, sweep_pace(uploads.limits())),
          feed(storage.store),
          edlink({access, coursework, rosters, intake, marking, assignments, categories, uploads,
                  sign_in, clock},
                 setting_of(storage.store, kCursorKey), config.edlink_token_status),
          tus(access, uploads),
          tabula({password_sign_in, office, intake, uploads, marking, clock},
                 known_zone(config.tabula_time_zone)),
          admin(access, feed, metrics, [this, &storage] { return trouble(storage); }),
          event_stream(access, feed, news),
          receipt_routes(access, receipts, receipt::jwks(known_receipt_keys(storage.data))),
          access_routes(access, administration, clock),
          roster_routes(access, roster, storage.pool, storage.data / kRosterFile),
          work_notes(storage.store, committer, marking, clock),
          work_routes(access, work_notes) {}

    std::string trouble(const Storage& storage) const {
        if (!storage.store.writable())
            return storage.store.leases() ? "the database cannot be reached"
                                          : "the store takes no writes";
        // A bucket that fails is no fault of this node: another one has no other.
        const bool no_room = !storage.s3 && intake.short_of_room();
        if (!storage.space.enough() || no_room) return "the disk is full";
        return "";
    }

    outbox::News news;
    Delivery delivery;  // both of which the committer wakes to its end
    service::Committer committer;
    service::Access access;
    service::Pseudonyms pseudonyms;
    service::Coursework coursework;
    service::Rosters rosters;
    service::Intake intake;
    service::Marking marking;
    service::Assignments assignments;
    service::Categories categories;
    service::SignIn sign_in;
    service::PasswordSignIn password_sign_in;
    service::Office office;
    service::Receipts receipts;
    service::Administration administration;
    service::RosterImport roster;
    service::Uploads uploads;
    service::UploadSweeper sweeper;
    outbox::Feed feed;
    edlink::Edlink edlink;
    tus::Tus tus;
    tabula::Tabula tabula;
    admin::Admin admin;
    admin::EventStream event_stream;
    admin::Receipts receipt_routes;
    admin::AccessRoutes access_routes;
    admin::RosterRoutes roster_routes;
    service::WorkNotes work_notes;
    admin::WorkRoutes work_routes;
};

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
        services->edlink.add_routes(router);
        services->tus.add_routes(router);
        services->tabula.add_routes(router);
        services->admin.add_routes(router);
        services->event_stream.add_routes(router);
        services->receipt_routes.add_routes(router);
        services->delivery.add_routes(router);
        services->access_routes.add_routes(router);
        services->roster_routes.add_routes(router);
        services->work_routes.add_routes(router);
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
    metrics.gauge("handin_http_connections", "Open connections",
                  [this] { return static_cast<double>(server.counts().connections_open); });
    metrics.gauge("handin_http_requests_active", "Requests being answered",
                  [this] { return static_cast<double>(server.counts().requests_active); });
    metrics.gauge("handin_http_reply_bytes", "Memory of replies that are being sent",
                  [this] { return static_cast<double>(server.counts().reply_bytes); });
    metrics.gauge("handin_event_listeners", "Who listens to events as they happen",
                  [this] { return static_cast<double>(services->event_stream.listeners()); });
    metrics.gauge("handin_commit_waiting", "Commands that wait for the next batch",
                  [this] { return static_cast<double>(services->committer.waiting()); });
    metrics.gauge("handin_submits_receiving", "Submits whose bodies are received or committed",
                  [this] { return static_cast<double>(services->intake.reception().bodies()); });
    metrics.gauge("handin_submits_memory_bytes", "Memory that they are counted with",
                  [this] { return static_cast<double>(services->intake.reception().bytes()); });
    metrics.gauge("handin_uploads_receiving", "Uploads that are being sent",
                  [this] { return static_cast<double>(services->uploads.reception().bodies()); });
    metrics.gauge("handin_uploads_memory_bytes", "Memory that they are counted with",
                  [this] { return static_cast<double>(services->uploads.reception().bytes()); });
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
