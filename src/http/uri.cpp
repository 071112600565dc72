#include "http/uri.hpp"

#include "base/encoding.hpp"

namespace handin::http {
namespace {

std::string decode(std::string_view text, bool plus_is_space) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '+' && plus_is_space) {
            out += ' ';
        } else if (c == '%' && text.size() - i > 2 && hex_value(text[i + 1]) >= 0 &&
                   hex_value(text[i + 2]) >= 0) {
            out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
            i += 2;
        } else {
            out += c;
        }
    }
    return out;
}

struct RawPair {
    std::string_view name, value;
};

// Takes the next pair off the front of `query`; false when there is none left.
bool take_pair(std::string_view& query, RawPair& pair) {
    while (!query.empty()) {
        const auto end = query.find('&');
        const auto text = query.substr(0, end);
        query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
        if (text.empty()) continue;
        const auto equals = text.find('=');
        pair.name = text.substr(0, equals);
        pair.value =
            equals == std::string_view::npos ? std::string_view() : text.substr(equals + 1);
        return true;
    }
    return false;
}

}  // namespace

std::string percent_decode(std::string_view text) {
    return decode(text, false);
}
std::string query_decode(std::string_view text) {
    return decode(text, true);
}

std::optional<std::string> query_value(std::string_view query, std::string_view name) {
    for (RawPair pair; take_pair(query, pair);) {
        if (query_decode(pair.name) == name) return query_decode(pair.value);
    }
    return std::nullopt;
}

std::vector<std::pair<std::string, std::string>> query_pairs(std::string_view query) {
    std::vector<std::pair<std::string, std::string>> pairs;
    for (RawPair pair; take_pair(query, pair);) {
        pairs.emplace_back(query_decode(pair.name), query_decode(pair.value));
    }
    return pairs;
}

}  // namespace handin::http
