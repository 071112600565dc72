#include "blob/local/local_partials.hpp"

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "base/log.hpp"
#include "blob/local/appender.hpp"
#include "blob/local/local_reader.hpp"

namespace handin::blob::local {
namespace {

namespace fs = std::filesystem;

class LocalPartial final : public PartialFile {
 public:
    struct Place {
        std::string path;    // until it is finished
        std::string folder;  // from then on
        std::string name;
    };

    LocalPartial(Pool& pool, Place place, File file, std::uint64_t length)
        : pool_(pool), place_(std::move(place)), appender_(std::move(file), length) {}
    ~LocalPartial() override {
        // Closing may free the blocks of a file that was removed meanwhile, which takes a while.
        pool_.post([file = std::move(appender_.file())] {});
    }
    LocalPartial(const LocalPartial&) = delete;
    LocalPartial& operator=(const LocalPartial&) = delete;

    task<void> append(std::span<const std::uint8_t> bytes) override {
        if (appender_.gather(bytes)) co_return;
        co_await pool_.run([this, bytes] { appender_.take(bytes); });
    }

    task<void> sync() override {
        co_await pool_.run([this] {
            appender_.flush();
            sync_data(appender_.file());
        });
    }

    task<void> cut(std::uint64_t length) override {
        co_await pool_.run([this, length] { appender_.cut(length); });
    }

    task<void> finish() override {
        co_await pool_.run([this] {
            appender_.flush();
            sync_data(appender_.file());
            if (!rename_if_there(place_.path, place_.folder + '/' + place_.name))
                throw std::system_error(ENOENT, std::generic_category(), "finishing file bytes");
            sync_folder(open_folder(place_.folder));
        });
    }

 private:
    Pool& pool_;
    Place place_;
    Appender appender_;
};

// The file, exactly `length` bytes long.
File reopened(const LocalPartial::Place& place, const std::string& folder, std::uint64_t length) {
    // Finished, but whoever was to remember that could not.
    if (!fs::exists(place.path)) rename_if_there(place.folder + '/' + place.name, place.path);
    auto file = open_to_append(place.path);
    if (length == 0) sync_folder(open_folder(folder));  // the name is new
    const auto size = size_of(file);
    if (size < length)
        throw std::system_error(EIO, std::generic_category(), "a partial file has lost bytes");
    if (size > length) truncate(file, length);
    return file;
}

}  // namespace

task<std::unique_ptr<PartialFile>> LocalPartials::resume(Uuid storage_id, std::uint64_t length) {
    LocalPartial::Place place{
        .path = path_of(storage_id), .folder = shard_of_(storage_id), .name = storage_id.str()};
    auto file = co_await pool_.run([&] { return reopened(place, folder_, length); });
    co_return std::make_unique<LocalPartial>(pool_, std::move(place), std::move(file), length);
}

task<std::unique_ptr<Reader>> LocalPartials::read(Uuid storage_id, std::uint64_t length) {
    const auto path = path_of(storage_id);
    co_return co_await pool_.run(
        [&] { return std::make_unique<LocalReader>(pool_, path, 0, length); });
}

void LocalPartials::remove(Uuid storage_id) {
    pool_.post([path = path_of(storage_id), storage_id] {
        try {
            unlink_if_there(path);
        } catch (const std::system_error& error) {
            log::error("blob: a partial file was not removed",
                       {{"storage_id", storage_id.str()}, {"reason", error.what()}});
        }
    });
}

std::vector<Uuid> LocalPartials::list() {
    std::vector<Uuid> ids;
    for (const auto& entry : fs::directory_iterator(folder_))
        if (const auto id = Uuid::parse(entry.path().filename().string())) ids.push_back(*id);
    return ids;
}

}  // namespace handin::blob::local
