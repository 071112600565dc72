#include "blob/local/local_store.hpp"

#include <algorithm>
#include <cerrno>
#include <limits>
#include <span>
#include <system_error>

#include "base/encoding.hpp"
#include "base/log.hpp"
#include "blob/local/file.hpp"
#include "blob/local/folder.hpp"
#include "blob/local/local_reader.hpp"
#include "blob/local/local_stage.hpp"

namespace handin::blob {
namespace {

namespace fs = std::filesystem;

std::string staging_of(const std::string& folder) {
    return folder + "/.staging";
}

std::string partials_of(const std::string& folder) {
    return folder + "/.partial";
}

std::string shard_name(std::uint8_t shard) {
    return hex(std::span(&shard, 1));
}

// Makes the entries of the folder durable. One that may be searched but not read (a service's
// state folder can hang in such a one) cannot be opened for that; who made it answers for it.
void sync_entries(const fs::path& folder) {
    try {
        local::sync_folder(local::open_folder(folder));
    } catch (const std::system_error& error) {
        if (error.code() != std::errc::permission_denied) throw;
        log::warn("blob: a folder above the store cannot be synced");
    }
}

// Bottom up, so that a folder never becomes durable before its content.
void made_durable(const std::string& name) {
    const fs::path folder = name;
    fs::path oldest = folder;  // the highest folder that may be new
    while (!fs::exists(oldest.parent_path()))
        oldest = oldest.parent_path();
    fs::create_directories(folder.parent_path());
    local::make_folder(folder);
    local::make_folder(partials_of(folder));
    for (unsigned shard = 0; shard < 256; ++shard)
        local::make_folder(folder / shard_name(static_cast<std::uint8_t>(shard)));
    fs::path synced = folder;
    sync_entries(synced);
    do {
        synced = synced.parent_path();
        sync_entries(synced);
    } while (synced != oldest.parent_path());
}

// Some file systems have no O_TMPFILE, and naming such a file needs /proc.
bool has_unnamed_files(const std::string& folder) {
    const auto name = ".probe-" + uuid_v4().str();
    const auto probe = folder + '/' + name;
    try {
        const auto file = local::open_unnamed(folder);
        local::link_unnamed(file, local::open_folder(folder), name);
    } catch (const std::system_error& error) {
        log::info("blob: staging under names", {{"reason", error.what()}});
        return false;
    }
    local::unlink_if_there(probe);
    return true;
}

// What an earlier run was staging when it ended.
void empty_staging(const std::string& folder) {
    if (!fs::exists(folder)) return;
    for (const auto& entry : fs::directory_iterator(folder))
        local::unlink_if_there(entry.path());
}

}  // namespace

LocalStore::LocalStore(const fs::path& folder, Pool& sync_pool, LocalOptions options)
    : folder_((fs::absolute(folder) / "").lexically_normal().parent_path()),
      pool_(sync_pool),
      unnamed_(false),
      partials_(
          partials_of(folder_), [this](const Uuid& id) { return local::shard_of(folder_, id); },
          sync_pool) {
    made_durable(folder_);
    if (!options.shared) {
        lock_.emplace(folder_, "this folder of files");
        empty_staging(staging_of(folder_));
    }
    unnamed_ = options.unnamed_files && has_unnamed_files(folder_);
    if (!unnamed_) local::make_folder(staging_of(folder_));
}

task<std::unique_ptr<Stage>> LocalStore::stage(Uuid storage_id) {
    local::Place place{
        .folder = local::shard_of(folder_, storage_id), .name = storage_id.str(), .staging = {}};
    if (!unnamed_) place.staging = staging_of(folder_) + '/' + place.name;
    co_return std::make_unique<local::LocalStage>(pool_, std::move(place));
}

task<std::unique_ptr<Reader>> LocalStore::open(Uuid storage_id, std::uint64_t offset,
                                               std::uint64_t length) {
    const auto path = local::path_of(folder_, storage_id);
    co_return co_await pool_.run([this, &path, offset, length] {
        return std::make_unique<local::LocalReader>(pool_, path, offset, length);
    });
}

void LocalStore::remove(Uuid storage_id) {
    pool_.post([path = local::path_of(folder_, storage_id), storage_id] {
        try {
            local::unlink_if_there(path);
        } catch (const std::system_error& error) {
            log::error("blob: not removed",
                       {{"storage_id", storage_id.str()}, {"reason", error.what()}});
        }
    });
}

void LocalStore::list_older(Time time, const std::function<void(const Uuid&)>& see) {
    local::each_file(folder_, [&](const Uuid& id, const std::string& path) {
        if (time_of(id) >= time) return;  // most are told by their names
        const auto written = local::written_at(path);
        if (written && *written < time) see(id);
    });
}

}  // namespace handin::blob
