#include "store/postgres/text.hpp"

#include <algorithm>
#include <stdexcept>

#include "base/encoding.hpp"

namespace handin::store::postgres {
namespace {

constexpr std::string_view kMark = "\x01hex:";  // what nobody's text begins with

bool can_be_kept(std::string_view text) {
    bool ascii = true;
    for (const char c : text) {
        if (c == '\0') return false;
        ascii = ascii && (c & 0x80) == 0;
    }
    return !text.starts_with(kMark) && (ascii || well_formed_utf8(text) == text);
}

}  // namespace

std::optional<std::string> armoured(std::string_view text) {
    if (can_be_kept(text)) return std::nullopt;
    return std::string(kMark) + hex(as_bytes(text));
}

std::string plain(std::string_view kept) {
    if (!kept.starts_with(kMark)) return std::string(kept);
    kept.remove_prefix(kMark.size());
    auto bytes = hex_decode(kept);
    if (!bytes) throw std::runtime_error("a text column is damaged");
    return std::move(*bytes);
}

}  // namespace handin::store::postgres
