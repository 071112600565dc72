#include "app/data_folder.hpp"

#include <stdexcept>
#include <string_view>

namespace handin::app {
namespace {

// The part after "scheme:", or the fallback if nothing is configured.
std::filesystem::path path_of(const std::string& url, std::string_view scheme,
                              const std::filesystem::path& fallback, std::string_view setting) {
    if (url.empty()) return fallback;
    if (!url.starts_with(scheme))
        throw std::runtime_error("--" + std::string(setting) + ": expected " + std::string(scheme) +
                                 "PATH, got '" + url + "'");
    return url.substr(scheme.size());
}

}  // namespace

Places places(const std::filesystem::path& data, const std::string& database,
              const std::string& blobs) {
    const bool in_bucket = blobs.starts_with("s3://");
    return {.data = data,
            .database = path_of(database, "sqlite:", data / "handin.db", "database"),
            .files = in_bucket ? "" : path_of(blobs, "file:", data / "files", "blobs"),
            .bucket = in_bucket ? blobs : ""};
}

}  // namespace handin::app
