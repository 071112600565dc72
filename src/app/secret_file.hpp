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

std::optional<std::string> read_text(const std::filesystem::path& file);

}  // namespace handin::app
