// Small files in the data folder that only their owner may read, and that are there whole or not
// at all.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace handin::app {

// Durable when it returns. Throws std::system_error.
void write_secret(const std::filesystem::path& file, std::string_view text);

// Makes a folder that only its owner may enter, and whatever is missing above it; its name is
// durable when it returns. Throws std::system_error.
void make_private_folder(const std::filesystem::path& folder);

std::optional<std::string> read_text(const std::filesystem::path& file);

}  // namespace handin::app
