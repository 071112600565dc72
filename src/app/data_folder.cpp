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

bool on_postgres(const std::string& database) {
    return database.starts_with("postgresql:") || database.starts_with("postgres:");
}

Places places(const std::filesystem::path& data, const std::string& database,
              const std::string& blobs) {
    const bool in_bucket = blobs.starts_with("s3://");
    const bool on_server = on_postgres(database);
    return {
        .data = data,
        .database = path_of(on_server ? "" : database, "sqlite:", data / "handin.db", "database"),
        .server = on_server ? database : "",
        .files = in_bucket ? "" : path_of(blobs, "file:", data / "files", "blobs"),
        .bucket = in_bucket ? blobs : ""};
}

}  // namespace handin::app
