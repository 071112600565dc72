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

}  // namespace

std::string Paging::sign(const Call& call, std::string_view position) const {
    const auto who = call.actor.person_id.value_or(Uuid{});
    const auto digest =
        hmac_sha256(key_, fmt::format("{}\n{}\n{}", call.request.path, who.str(), position));
    return {reinterpret_cast<const char*>(digest.data()), kSignatureBytes};
}

std::expected<service::Page, Failure> Paging::page_of(Call& call) const {
    const auto cursor = call.request.query("$cursor");
    const auto first = call.request.query("$first");
    if (cursor) {
        // SDK 2.x appends its first options to $next (edlink.md 7.3).
        if (first || call.request.query("$last") || call.request.query("$after") ||
            call.request.query("$before"))
            call.warnings.push_back(
                {"PAGING_IGNORED", "Other paging parameters are ignored beside $cursor."});
        return from_cursor(call, *cursor);
    }
    if (!first) return service::Page{.after = std::nullopt, .limit = kDefaultPage};
    const auto limit = number_from<std::size_t>(*first);
    if (!limit || *limit < 1 || *limit > kLargestPage)
        return std::unexpected(
            fail("INVALID_PAGE_SIZE", "$first must be a whole number from 1 to 10000."));
    return service::Page{.after = std::nullopt, .limit = *limit};
}

// position: "<seconds when it expires>.<limit>.<id>", after its signature.
std::expected<service::Page, Failure> Paging::from_cursor(const Call& call,
                                                          std::string_view cursor) const {
    const auto bytes = base64url_decode(cursor);
    if (!bytes || bytes->size() < kSignatureBytes) return std::unexpected(bad_cursor());
    const auto signature = std::string_view(*bytes).substr(0, kSignatureBytes);
    const auto position = std::string_view(*bytes).substr(kSignatureBytes);
    if (!equal_in_constant_time(signature, sign(call, position)))
        return std::unexpected(bad_cursor());
    const auto dot = position.find('.');
    const auto second = position.find('.', dot + 1);
    const auto expires = number_from<std::int64_t>(position.substr(0, dot));
    const auto limit = number_from<std::size_t>(position.substr(dot + 1, second - dot - 1));
    const auto after = Uuid::parse(position.substr(second + 1));
    if (!expires || !limit || !after ||
        *expires < whole_seconds(clock_.now()).time_since_epoch().count())
        return std::unexpected(bad_cursor());
    return service::Page{.after = after, .limit = *limit};
}

std::optional<std::string> Paging::next(const Call& call, const service::Page& page,
                                        const std::optional<Uuid>& after) const {
    if (!after) return std::nullopt;
    const auto expires = whole_seconds(clock_.now() + kCursorLife).time_since_epoch().count();
    const auto position = fmt::format("{}.{}.{}", expires, page.limit, after->str());
    return fmt::format("{}{}?$cursor={}", call.request.base_url(), call.request.path,
                       base64url(as_bytes(sign(call, position) + position)));
}

}  // namespace handin::edlink
