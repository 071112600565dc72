#include "blob/local/folder.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <span>
#include <system_error>

#include "base/encoding.hpp"

namespace handin::blob::local {
namespace {

namespace fs = std::filesystem;

}  // namespace

// The last byte is random in UUIDv7, the first ones are the time.
std::string shard_of(const std::string& folder, const Uuid& storage_id) {
    return folder + '/' + hex(std::span(&storage_id.bytes.back(), 1));
}

std::string path_of(const std::string& folder, const Uuid& storage_id) {
    return shard_of(folder, storage_id) + '/' + storage_id.str();
}

void each_file(const std::string& folder,
               const std::function<void(const Uuid&, const std::string&)>& see) {
    for (unsigned last = 0; last < 256; ++last) {
        Uuid any;
        any.bytes.back() = static_cast<std::uint8_t>(last);
        const auto shard = shard_of(folder, any);
        if (!fs::exists(shard)) continue;
        for (const auto& entry : fs::directory_iterator(shard)) {
            const auto id = Uuid::parse(entry.path().filename().string());
            if (id && path_of(folder, *id) == entry.path()) see(*id, entry.path().string());
        }
    }
}

std::optional<Time> written_at(const std::string& path) {
    struct stat status{};
    if (::lstat(path.c_str(), &status) != 0) {
        if (errno == ENOENT) return std::nullopt;
        throw std::system_error(errno, std::generic_category(), "looking at file bytes");
    }
    const auto since_1970 = std::chrono::seconds(status.st_mtim.tv_sec) +
                            std::chrono::nanoseconds(status.st_mtim.tv_nsec);
    return Time(std::chrono::floor<std::chrono::microseconds>(since_1970));
}

}  // namespace handin::blob::local
