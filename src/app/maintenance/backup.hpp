// A consistent copy of everything, while a server goes on.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "app/data_folder.hpp"
#include "app/maintenance/manifest.hpp"
#include "app/maintenance/progress.hpp"
#include "app/s3_settings.hpp"

namespace handin::app {

// Copies into `target`, which must be empty or not there, in the form of a data folder: handin.db,
// files/, and whatever else the data folder holds. `link`: files get a second name where the file
// system can, instead of a copy. What is damaged goes to `problem`; the rest is copied, but then
// there is no manifest. Blocks, for long. Throws std::runtime_error with a sentence for the
// operator. Files in a bucket are copied too (`s3`: how to reach it). The manifest that was
// written, or nullopt.
std::optional<Manifest> backup(const Places& places, const std::filesystem::path& target, bool link,
                               const std::function<void(const std::string&)>& problem,
                               Progress& progress, const S3Settings& s3 = {});

// Puts a backup into `target`, which must be empty or not there, as a data folder. Everything is
// compared with the hashes that the backup has of it. Blocks. Throws std::runtime_error with a
// sentence for the operator; then nothing of it is there.
Manifest restore(const std::filesystem::path& backup, const std::filesystem::path& target,
                 Progress& progress);

}  // namespace handin::app
