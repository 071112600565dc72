#include "api/edlink/paging.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>

#include "base/encoding.hpp"
#include "base/hash.hpp"

namespace handin::edlink {
namespace {

constexpr std::size_t kDefaultPage = 100;
constexpr std::size_t kLargestPage = 10'000;         // edlink.md 2.2
constexpr auto kCursorLife = std::chrono::hours(2);  // edlink.md 2.2
constexpr std::size_t kSignatureBytes = 16;

template <class Number>
std::optional<Number> number_from(std::string_view text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

Failure bad_cursor() {
    return fail("INVALID_CURSOR",
                "The $cursor is not one of this list, or is older than two hours.");
}

// What stands before the next dot.
std::string_view part_of(std::string_view& rest) {
    const auto dot = rest.find('.');
    const auto part = rest.substr(0, dot);
    rest = dot == std::string_view::npos ? "" : rest.substr(dot + 1);
    return part;
}

std::expected<std::optional<Uuid>, Failure> id_of(const Call& call, std::string_view name) {
    const auto text = call.request.query(name);
    if (!text) return std::nullopt;
    if (const auto id = Uuid::parse(*text)) return *id;
    return std::unexpected(
        fail("INVALID_UUID",
             "A valid v4 or v5 UUID is expected for parameter '" + std::string(name) + "'."));
}

}  // namespace

std::string Paging::sign(const Call& call, std::string_view position) const {
    const auto who = call.actor.person_id.value_or(call.actor.integration_id.value_or(Uuid{}));
    const auto digest =
        hmac_sha256(key_, fmt::format("{}\n{}\n{}", call.request.path, who.str(), position));
    return {reinterpret_cast<const char*>(digest.data()), kSignatureBytes};
}

std::expected<Wish, Failure> Paging::wish_of(Call& call) const {
    const auto cursor = call.request.query("$cursor");
    const auto first = call.request.query("$first");
    const auto last = call.request.query("$last");
    if (cursor) {
        // SDK 2.x appends its first options to $next (edlink.md 7.3).
        if (first || last || call.request.query("$after") || call.request.query("$before"))
            call.warnings.push_back(
                {"PAGING_IGNORED", "Other paging parameters are ignored beside $cursor."});
        return from_cursor(call, *cursor);
    }
    auto query = Query::of(call);
    if (!query) return std::unexpected(query.error());
    const auto after = id_of(call, "$after");
    if (!after) return std::unexpected(after.error());
    const auto before = id_of(call, "$before");
    if (!before) return std::unexpected(before.error());
    // Which end of the list is meant, $first says.
    if (first && (last || *before))
        call.warnings.push_back({"PAGING_IGNORED", "$last and $before are ignored beside $first."});
    Wish wish{.limit = kDefaultPage,
              .after = *after,
              .before = first ? std::nullopt : *before,
              .backwards = !first && (last || *before),
              .query = std::move(*query)};
    if (const auto& size = first ? first : last) {
        const auto limit = number_from<std::size_t>(*size);
        if (!limit || *limit < 1 || *limit > kLargestPage)
            return std::unexpected(fail(
                "INVALID_PAGE_SIZE", "$first and $last must be a whole number from 1 to 10000."));
        wish.limit = *limit;
    }
    return wish;
}

// position: "<seconds when it expires>.<limit>.<a or b>.<id>.<what the query remembers>", after its
// signature.
std::expected<Wish, Failure> Paging::from_cursor(const Call& call, std::string_view cursor) const {
    const auto bytes = base64url_decode(cursor);
    if (!bytes || bytes->size() < kSignatureBytes) return std::unexpected(bad_cursor());
    const auto signature = std::string_view(*bytes).substr(0, kSignatureBytes);
    auto position = std::string_view(*bytes).substr(kSignatureBytes);
    if (!equal_in_constant_time(signature, sign(call, position)))
        return std::unexpected(bad_cursor());
    const auto expires = number_from<std::int64_t>(part_of(position));
    const auto limit = number_from<std::size_t>(part_of(position));
    const bool backwards = part_of(position) == "b";
    const auto here = Uuid::parse(part_of(position));
    if (!expires || !limit || !here ||
        *expires < whole_seconds(clock_.now()).time_since_epoch().count())
        return std::unexpected(bad_cursor());
    auto query = Query::from(position);
    if (!query) return std::unexpected(query.error());
    return Wish{.limit = *limit,
                .after = backwards ? std::nullopt : here,
                .before = backwards ? here : std::nullopt,
                .backwards = backwards,
                .query = std::move(*query)};
}

std::optional<std::string> Paging::next(const Call& call, const Wish& wish,
                                        const std::optional<Uuid>& here) const {
    if (!here) return std::nullopt;
    const auto expires = whole_seconds(clock_.now() + kCursorLife).time_since_epoch().count();
    const auto position = fmt::format("{}.{}.{}.{}.{}", expires, wish.limit,
                                      wish.backwards ? 'b' : 'a', here->str(), wish.query.text());
    return fmt::format("{}{}?$cursor={}", call.request.base_url(), call.request.path,
                       base64url(as_bytes(sign(call, position) + position)));
}

}  // namespace handin::edlink
