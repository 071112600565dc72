// Texts come from outside and may hold any bytes; the server takes well-formed UTF-8 without zeros.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace handin::store::postgres {

// How the text is kept if it cannot be kept as it is.
std::optional<std::string> armoured(std::string_view text);

// The text that is kept so.
std::string plain(std::string_view kept);

}  // namespace handin::store::postgres
