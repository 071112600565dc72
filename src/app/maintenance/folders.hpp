// Questions about folders that backup and restore ask before they touch any.
#pragma once

#include <filesystem>
#include <vector>

#include "app/data_folder.hpp"

namespace handin::app {

// Absolute, without links, dots and a slash at the end.
std::filesystem::path plain(const std::filesystem::path& path);

// Both plain. A folder is inside itself.
bool is_inside(const std::filesystem::path& path, const std::filesystem::path& folder);

// Throws std::runtime_error with a sentence for the operator unless the folder is empty or not
// there.
void require_empty(const std::filesystem::path& folder);

// What lies in the data folder besides the database, the handed-in files and what belongs to a
// running server: paths in it. They are few.
std::vector<std::filesystem::path> others_in(const Places& places);

}  // namespace handin::app
