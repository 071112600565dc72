// Fuzzes the header fields of tus, and what a form says of its files: whatever is taken must keep
// what headers.hpp promises, and be what the slow and obvious way makes of it. The first byte
// chooses the field.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "api/tus/form_metadata.hpp"
#include "api/tus/headers.hpp"
#include "base/encoding.hpp"

namespace {

using namespace handin;

void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "fuzz: %s\n", what);
    std::abort();
}

void metadata(std::string_view text) {
    const auto parsed = tus::parse_metadata(text);
    if (!parsed) {
        require(!parsed.error().empty(), "a refusal without a reason");
        return;
    }
    require(text.size() <= 8192, "kept too much");
    for (const auto& value : {parsed->filename, parsed->media_type}) {
        require(value.size() <= 1024, "long value");
        require(well_formed_utf8(value) == value, "not UTF-8");
        require(std::ranges::none_of(value,
                                     [](char c) { return static_cast<unsigned char>(c) < 0x20; }),
                "control character");
    }
    // Once more, from a name that is taken, comes the same name.
    const auto again = tus::parse_metadata("filename " + [&] {
        auto encoded = base64url(as_bytes(parsed->filename));
        std::ranges::replace(encoded, '-', '+');
        std::ranges::replace(encoded, '_', '/');
        return encoded;
    }());
    require(again && again->filename == parsed->filename, "a good name is refused");
}

void checksum(std::string_view text) {
    const auto parsed = tus::parse_checksum(text);
    if (!parsed) return;
    Checksum sum(parsed->algorithm);
    require(sum.finish().size() == parsed->digest.size(), "size of a digest");
}

void concat(std::string_view text) {
    const auto parsed = tus::parse_concat(text);
    if (!parsed) return;
    require(parsed->final == text.starts_with("final;"), "final or not");
    require(parsed->final != parsed->parts.empty(), "parts");
    std::string canonical = parsed->final ? "final;" : "partial";
    for (const auto& part : parsed->parts)
        canonical += "/uploads/" + part.str() + ' ';
    require(tus::parse_concat(canonical) == parsed, "canonical form reads differently");
}

void bytes(std::string_view text) {
    const auto parsed = tus::parse_bytes(text);
    if (!parsed) return;
    require(*parsed <= INT64_MAX, "too large");
    require(std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }), "no digits");
    const auto first = std::min(text.find_first_not_of('0'), text.size() - 1);
    require(std::to_string(*parsed) == text.substr(first), "another number");
}

void form(std::string_view text) {
    const auto parsed = tus::parse_form_metadata(text);
    if (!parsed) {
        require(!parsed.error().empty(), "a refusal without a reason");
        return;
    }
    // Every entry names its part, and each takes at least {"part":""},
    require(parsed->size() * 11 <= text.size(), "more files than were named");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
    if (size == 0) return 0;
    const std::string text(reinterpret_cast<const char*>(input) + 1,
                           size - 1);  // ASan sees its end
    switch (input[0] % 5) {
        case 0:
            metadata(text);
            break;
        case 1:
            checksum(text);
            break;
        case 2:
            concat(text);
            break;
        case 3:
            bytes(text);
            break;
        default:
            form(text);
    }
    return 0;
}
