#pragma once

#include <filesystem>
#include <string>

namespace handin::app {

// The CSV files of a folder as a zip archive, in memory: of a roster of a million rows some tens of
// megabytes. Throws std::runtime_error.
std::string zipped_csv_files(const std::filesystem::path& folder);

}  // namespace handin::app
