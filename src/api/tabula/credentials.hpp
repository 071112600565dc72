// HTTP Basic (RFC 7617).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace handin::tabula {

struct Credentials {
    std::string username;
    std::string password;
};

// Of an Authorization header; nothing: it has none of that form.
std::optional<Credentials> parse_basic(std::string_view authorization);

// Whether it means to be Basic at all.
bool is_basic(std::string_view authorization);

}  // namespace handin::tabula
