// Where a site keeps everything: the database, the files and the threads that wait for them.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "app/config.hpp"
#include "app/data_folder.hpp"
#include "base/disk_space.hpp"
#include "base/pool.hpp"
#include "base/process_lock.hpp"
#include "base/time.hpp"
#include "blob/local/local_store.hpp"
#include "blob/s3/s3_store.hpp"
#include "store/deliveries.hpp"
#include "store/store.hpp"

namespace handin::app {

inline constexpr std::string_view kCursorKey = "cursor_key";  // a setting: what signs cursors

// Throws std::exception with a sentence for the operator, as all functions here do.
struct Storage {
    explicit Storage(const Config& config);

    // Whose the files are; nullopt: nobody's yet. These block.
    std::optional<std::string> owner();
    void set_owner(const std::string& text);

    SystemClock clock;
    std::filesystem::path data;
    std::filesystem::path files;  // empty: in a bucket
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

 private:
    Storage(const Config& config, const Places& places);
    std::unique_ptr<store::Store> opened(const Places& places);
    std::unique_ptr<blob::S3Store> s3_store(const Config& config, const Places& places);
    std::unique_ptr<blob::LocalStore> local_store(const Places& places);
};

std::unique_ptr<store::Deliveries> deliveries_of(const Config& config, const Storage& storage);

// Empty: there is none.
std::string setting_of(store::Store& store, std::string_view name);

// A part of a site must not be served, nor be told apart from all of it later.
void require_whole(store::Store& store);

// The collector removes what the database does not name, so a folder or bucket of files is marked
// with the database that it belongs to: a new database beside old files must not empty it.
void claim_files(Storage& storage);

// What a new installation needs before it can answer: a key that signs cursors, and an admin token
// that is shown nowhere but in a file of the data folder.
void prepare(Storage& storage, Time now);

}  // namespace handin::app
