#include "app/storage.hpp"

#include <stdexcept>

#include "app/secret_file.hpp"
#include "base/hash.hpp"
#include "base/random.hpp"
#include "store/move.hpp"
#include "store/postgres/postgres_deliveries.hpp"
#include "store/postgres/postgres_store.hpp"
#include "store/sqlite/sqlite_deliveries.hpp"
#include "store/sqlite/sqlite_store.hpp"

namespace handin::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFilesKey = "files_key";
constexpr std::size_t kDatabaseReaders = 8;  // connections; see docs/operating.md

fs::path made(const fs::path& folder) {
    if (fs::exists(folder / kRestoring))
        throw std::runtime_error("a restore into " + folder.string() +
                                 " was interrupted: empty the folder and restore again");
    make_private_folder(folder);
    return folder;
}

}  // namespace

Storage::Storage(const Config& config)
    : Storage(config, places(config.data, config.database, config.blobs)) {}

Storage::Storage(const Config& config, const Places& places)
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

std::unique_ptr<store::Store> Storage::opened(const Places& places) {
    if (!places.server.empty())
        return std::make_unique<store::postgres::PostgresStore>(places.server, &database_pool);
    auto sqlite = std::make_unique<store::sqlite::SqliteStore>(places.database, &pool);
    log_pages = [store = sqlite.get()] { return store->log_pages(); };
    return sqlite;
}

std::unique_ptr<blob::S3Store> Storage::s3_store(const Config& config, const Places& places) {
    if (places.bucket.empty()) return nullptr;
    return std::make_unique<blob::S3Store>(s3_options(places.bucket, config.s3),
                                           (data / kSpoolFolder).string(), pool, clock);
}

std::unique_ptr<blob::LocalStore> Storage::local_store(const Places& places) {
    if (s3) return nullptr;
    const blob::LocalOptions options{.shared = store.leases() != nullptr};
    return std::make_unique<blob::LocalStore>(places.files, pool, options);
}

std::optional<std::string> Storage::owner() {
    return s3 ? s3->mark() : read_text(files / kOwnerFile);
}

void Storage::set_owner(const std::string& text) {
    s3 ? s3->set_mark(text) : write_secret(files / kOwnerFile, text);
}

std::unique_ptr<store::Deliveries> deliveries_of(const Config& config, const Storage& storage) {
    if (on_postgres(config.database))
        return std::make_unique<store::postgres::PostgresDeliveries>(config.database);
    return std::make_unique<store::sqlite::SqliteDeliveries>(storage.data / kDeliveriesFile);
}

std::string setting_of(store::Store& store, std::string_view name) {
    std::string value;
    store.read_now([&](store::Reader& reader) { value = reader.setting(name).value_or(""); });
    return value;
}

void require_whole(store::Store& store) {
    if (store::is_move_under_way(setting_of(store, store::kMoveSetting)))
        throw std::runtime_error(
            "--database: the move into this database is not finished: run handin migrate-store "
            "again, or use the database that it comes from");
}

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

}  // namespace handin::app
