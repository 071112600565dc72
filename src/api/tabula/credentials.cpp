#include "api/tabula/credentials.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace handin::tabula {
namespace {

constexpr std::string_view kScheme = "basic ";

}  // namespace

bool is_basic(std::string_view authorization) {
    return authorization.size() >= kScheme.size() &&
           std::ranges::equal(authorization.substr(0, kScheme.size()), kScheme, {}, lower);
}

std::optional<Credentials> parse_basic(std::string_view authorization) {
    if (!is_basic(authorization)) return std::nullopt;
    auto encoded = authorization.substr(kScheme.size());
    while (encoded.starts_with(' '))
        encoded.remove_prefix(1);
    const auto text = base64_decode(encoded);
    if (!text) return std::nullopt;
    const auto colon = text->find(':');
    if (colon == std::string::npos) return std::nullopt;
    return Credentials{text->substr(0, colon), text->substr(colon + 1)};
}

}  // namespace handin::tabula
