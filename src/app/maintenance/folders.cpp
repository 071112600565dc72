#include "app/maintenance/folders.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <string>

namespace handin::app {

namespace fs = std::filesystem;

fs::path plain(const fs::path& path) {
    const auto whole = fs::weakly_canonical(fs::absolute(path)).lexically_normal();
    return whole.has_filename() ? whole : whole.parent_path();
}

bool is_inside(const fs::path& path, const fs::path& folder) {
    return std::ranges::mismatch(folder, path).in1 == folder.end();
}

void require_empty(const fs::path& folder) {
    if (!fs::exists(folder)) return;
    if (!fs::is_directory(folder)) throw std::runtime_error(folder.string() + " is no folder");
    if (!fs::is_empty(folder))
        throw std::runtime_error(folder.string() + " is not empty: choose a new folder");
}

std::vector<fs::path> others_in(const Places& places) {
    if (!fs::is_directory(places.data)) return {};
    const auto data = plain(places.data);
    const auto database = plain(places.database).string();
    const auto deliveries = (data / kDeliveriesFile).string();
    const auto files = places.files.empty() ? fs::path() : plain(places.files);
    std::set<fs::path> left_out{data / kUrlFile, data / kManifestFile};
    for (const char* ending : {"", "-wal", "-shm", "-journal", ".lock"})
        for (const auto& each : {database, deliveries})
            left_out.insert(each + ending);

    std::vector<fs::path> others;
    for (auto entry = fs::recursive_directory_iterator(data);
         entry != fs::recursive_directory_iterator(); ++entry) {
        const auto& path = entry->path();
        if (path == files) entry.disable_recursion_pending();
        const bool draft = path.extension() == ".new";  // see secret_file.cpp
        if (entry->is_regular_file() && !draft && !left_out.contains(path))
            others.push_back(path.lexically_relative(data));
    }
    return others;
}

}  // namespace handin::app
