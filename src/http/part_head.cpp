#include "http/part_head.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "http/header_value.hpp"
#include "http/parser.hpp"
#include "http/uri.hpp"

namespace handin::http {
namespace {

using Kind = MultipartProblem::Kind;

std::unexpected<MultipartProblem> refused(Kind kind, std::string message) {
    return std::unexpected(MultipartProblem{kind, std::move(message)});
}

bool is_token_char(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("!#$%&'*+-.^_`|~").contains(c);
}

bool is_control(char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == '\x7f';
}

// Mail programs fold long lines (RFC 5322 2.2.3): a line that begins with a blank goes on with the
// one before.
std::string unfolded(std::string_view lines) {
    std::string text(lines);
    for (auto at = text.find("\r\n"); at != std::string::npos; at = text.find("\r\n", at + 2))
        if (at > 0 && at + 2 < text.size() && (text[at + 2] == ' ' || text[at + 2] == '\t'))
            text[at] = text[at + 1] = ' ';
    return text;
}

// Browsers write a quote in a name as %22 and leave other percent signs alone
// (https://html.spec.whatwg.org/#multipart-form-data), so nothing else can be decoded.
std::string without_quote_escapes(std::string text) {
    for (auto at = text.find("%22"); at != std::string::npos; at = text.find("%22", at + 1))
        text.replace(at, 3, "\"");
    return text;
}

std::string utf8_of_latin1(std::string_view text) {
    std::string result;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) {
            result += c;
        } else {
            result += static_cast<char>(0xc0U | (byte >> 6U));
            result += static_cast<char>(0x80U | (byte & 0x3fU));
        }
    }
    return result;
}

// RFC 8187 3.2: charset'language'percent-encoded. RFC 7578 forbids it in forms; clients send it.
std::optional<std::string> extended_value(std::string_view text) {
    const auto charset_end = text.find('\'');
    if (charset_end == std::string_view::npos) return std::nullopt;
    const auto language_end = text.find('\'', charset_end + 1);
    if (language_end == std::string_view::npos) return std::nullopt;
    const auto charset = text.substr(0, charset_end);
    const auto decoded = percent_decode(text.substr(language_end + 1));
    if (same_name(charset, "utf-8")) return well_formed_utf8(decoded);
    if (same_name(charset, "iso-8859-1")) return utf8_of_latin1(decoded);
    return std::nullopt;
}

std::string base_name(std::string path) {
    const auto slash = path.find_last_of("/\\");
    return slash == std::string::npos ? path : path.substr(slash + 1);
}

// The three headers that mean something in a form; all others are to be ignored (RFC 7578 4.8).
class Headers {
 public:
    std::optional<MultipartProblem> read(std::string_view lines) {
        while (!lines.empty()) {
            const auto end = lines.find("\r\n");
            auto line = lines.substr(0, end);
            lines.remove_prefix(std::min(lines.size(), line.size() + 2));
            const auto colon = line.find(':');
            const auto name = line.substr(0, colon);
            if (colon == std::string_view::npos || name.empty() ||
                !std::ranges::all_of(name, is_token_char) || std::ranges::any_of(line, is_control))
                return MultipartProblem{Kind::malformed, "a header line is not 'Name: value'"};
            for (auto& [known, value] : known_) {
                if (!same_name(name, known)) continue;
                if (value)
                    return MultipartProblem{Kind::malformed,
                                            std::string(known) + " is given more than once"};
                value = trimmed(line.substr(colon + 1));
            }
        }
        return std::nullopt;
    }

    const std::optional<std::string_view>& disposition() const { return known_[0].second; }
    const std::optional<std::string_view>& type() const { return known_[1].second; }
    const std::optional<std::string_view>& encoding() const { return known_[2].second; }

 private:
    using Known = std::pair<std::string_view, std::optional<std::string_view>>;
    std::array<Known, 3> known_{Known{"Content-Disposition", {}}, Known{"Content-Type", {}},
                                Known{"Content-Transfer-Encoding", {}}};
};

std::expected<void, MultipartProblem> read_names(std::string_view text, PartHead& head) {
    const auto disposition = parse_header_value(text);
    if (!disposition) return refused(Kind::malformed, "Content-Disposition cannot be read");
    if (disposition->value != "form-data")
        return refused(Kind::malformed, "Content-Disposition is not form-data");
    const auto* name = disposition->parameter("name");
    if (!name) return refused(Kind::malformed, "Content-Disposition has no name");
    head.name = well_formed_utf8(without_quote_escapes(*name));
    if (const auto* extended = disposition->parameter("filename*")) {
        auto value = extended_value(*extended);
        if (!value)
            return refused(Kind::malformed, "filename* is not UTF-8''name or ISO-8859-1''name");
        head.filename = base_name(std::move(*value));
    } else if (const auto* filename = disposition->parameter("filename")) {
        head.filename = base_name(well_formed_utf8(without_quote_escapes(*filename)));
    }
    return {};
}

std::expected<void, MultipartProblem> read_type(std::string_view text, PartHead& head) {
    auto type = parse_header_value(text);
    if (!type) return refused(Kind::malformed, "Content-Type cannot be read");
    // RFC 7578 4.3: several files of a field are parts of their own.
    if (type->value.starts_with("multipart/"))
        return refused(Kind::not_supported,
                       "a part that is " + well_formed_utf8(type->value) +
                           " itself is not taken; send each file as a part of its own");
    head.media_type = std::move(type->value);
    return {};
}

std::expected<void, MultipartProblem> check_encoding(std::string_view text) {
    for (const std::string_view plain : {"binary", "8bit", "7bit"})
        if (same_name(text, plain)) return {};
    return refused(Kind::not_supported, "Content-Transfer-Encoding " + well_formed_utf8(text) +
                                            " is not taken (RFC 7578 4.7); send the bytes as they "
                                            "are");
}

}  // namespace

std::expected<PartHead, MultipartProblem> parse_part_head(std::string_view lines) {
    const auto text = unfolded(lines);
    Headers headers;
    if (auto problem = headers.read(text)) return std::unexpected(std::move(*problem));
    if (!headers.disposition()) return refused(Kind::malformed, "Content-Disposition is missing");
    PartHead head;
    auto good = read_names(*headers.disposition(), head);
    if (good && headers.type()) good = read_type(*headers.type(), head);
    if (good && headers.encoding()) good = check_encoding(*headers.encoding());
    if (!good) return std::unexpected(std::move(good.error()));
    return head;
}

}  // namespace handin::http
