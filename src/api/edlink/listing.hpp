// A list as a call wants it: read page by page, rendered, filtered.
#pragma once

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

#include "api/edlink/paging.hpp"
#include "api/edlink/reply.hpp"
#include "service/coursework.hpp"

namespace handin::edlink {

struct Listing {
    std::deque<json::object> items;
    std::optional<Uuid> next;  // where it goes on, in the direction of the wish
    bool too_long = false;     // to be read from its end; then there is nothing
};

// However rarely something is to be shown: so many rows are looked at for one page, which is then
// short, or empty, and goes on by its $next.
inline constexpr std::size_t kMostLookedAt = 20'000;
inline constexpr std::size_t kAtOnce = 1000;  // rows; also the most that a page has

// Roughly what it takes in a reply. A page ends when it has gathered service::kShownOtherBytes.
std::size_t bytes_of(const json::value& value);
std::size_t bytes_of(const json::object& object);

inline Uuid id_of(const json::object& object) {
    return Uuid::parse(object.at("id").as_string()).value();
}

// What comes after wish->after. `fetch` gives the service's answer for a service::Page, `show` the
// object of an item. Both outlive the call, and so does `wish`.
template <class Fetch, class Show>
task<std::expected<Listing, domain::Refusal>> gather_forwards(const Wish* wish, Fetch* fetch,
                                                              Show* show) {
    Listing listing;
    const auto most = std::min(wish->limit, kAtOnce);
    const bool filters = wish->query.filters();
    service::Page page{.after = wish->after, .limit = filters ? kAtOnce : most};
    std::size_t looked_at = 0;
    std::size_t bytes = 0;
    for (;;) {
        auto part = co_await (*fetch)(page);
        if (!part) co_return std::unexpected(std::move(part.error()));
        for (auto& item : part->items) {
            auto object = (*show)(item);
            if (!wish->query.keeps(object)) continue;
            if (listing.items.size() == most || bytes > service::kShownOtherBytes) {
                listing.next = id_of(listing.items.back());
                co_return listing;
            }
            bytes += bytes_of(object);
            listing.items.push_back(std::move(object));
        }
        if (!part->next) co_return listing;
        looked_at += std::max(part->items.size(), part->looked_at);
        if ((!filters && listing.items.size() == most) || looked_at >= kMostLookedAt) {
            listing.next = part->next;
            co_return listing;
        }
        page.after = part->next;
    }
}

// The last ones before wish->before: read from the start, as lists are kept in one order only.
template <class Fetch, class Show>
task<std::expected<Listing, domain::Refusal>> gather_backwards(const Wish* wish, Fetch* fetch,
                                                               Show* show) {
    Listing listing;
    const auto most = std::min(wish->limit, kAtOnce);
    service::Page page{.after = wish->after, .limit = kAtOnce};
    std::size_t looked_at = 0;
    std::size_t bytes = 0;
    bool more = false;
    for (bool done = false; !done;) {
        auto part = co_await (*fetch)(page);
        if (!part) co_return std::unexpected(std::move(part.error()));
        for (auto& item : part->items) {
            auto object = (*show)(item);
            done = wish->before && id_of(object) >= *wish->before;
            if (done) break;
            if (!wish->query.keeps(object)) continue;
            bytes += bytes_of(object);
            listing.items.push_back(std::move(object));
            while (listing.items.size() > most ||
                   (bytes > service::kShownOtherBytes && listing.items.size() > 1)) {
                bytes -= bytes_of(listing.items.front());
                listing.items.pop_front();
                more = true;
            }
        }
        looked_at += std::max(part->items.size(), part->looked_at);
        done = done || !part->next || (wish->before && *part->next >= *wish->before);
        if (!done && looked_at >= kMostLookedAt)
            co_return Listing{.items = {}, .next = std::nullopt, .too_long = true};
        page.after = part->next;
    }
    if (more) listing.next = id_of(listing.items.front());
    co_return listing;
}

template <class Fetch, class Show>
task<std::expected<Listing, domain::Refusal>> gather(const Wish* wish, Fetch* fetch, Show* show) {
    return wish->backwards ? gather_backwards(wish, fetch, show)
                           : gather_forwards(wish, fetch, show);
}

}  // namespace handin::edlink
