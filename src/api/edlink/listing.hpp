// A list as a call wants it: read page by page, rendered, filtered.
#pragma once

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
};

// However rarely a filter keeps something: so many rows are looked at for one page, which is then
// short, or empty, and goes on by its $next.
inline constexpr std::size_t kMostLookedAt = 20'000;
inline constexpr std::size_t kAtOnce = 1000;  // rows

// `fetch` gives the service's answer for a service::Page, `show` the object of an item. Both
// outlive the call, and so does `wish`.
template <class Fetch, class Show>
task<std::expected<Listing, domain::Refusal>> gather(const Wish* wish, Fetch* fetch, Show* show) {
    Listing listing;
    const auto& query = wish->query;
    const bool whole = query.filters() || wish->backwards;
    service::Page page{.after = wish->backwards ? std::nullopt : wish->after,
                       .limit = whole ? kAtOnce : wish->limit};
    std::size_t looked_at = 0;
    bool more_before = false;
    for (;;) {
        auto part = co_await (*fetch)(page);
        if (!part) co_return std::unexpected(std::move(part.error()));
        bool done = !part->next;
        for (auto& item : part->items) {
            auto object = (*show)(item);
            const auto id = Uuid::parse(object.at("id").as_string()).value();
            if (wish->backwards && wish->before && id >= *wish->before) {
                done = true;
                break;
            }
            if (wish->backwards && wish->after && id <= *wish->after) continue;
            if (!query.keeps(object)) continue;
            if (!wish->backwards && listing.items.size() == wish->limit) {
                listing.next = Uuid::parse(listing.items.back().at("id").as_string()).value();
                co_return listing;
            }
            listing.items.push_back(std::move(object));
            if (wish->backwards && listing.items.size() > wish->limit) {
                listing.items.pop_front();
                more_before = true;
            }
        }
        looked_at += part->items.size();
        if (done) break;
        page.after = part->next;
        if (wish->backwards) continue;
        if (!whole || looked_at >= kMostLookedAt) {
            listing.next = part->next;
            co_return listing;
        }
    }
    if (more_before) listing.next = Uuid::parse(listing.items.front().at("id").as_string()).value();
    co_return listing;
}

}  // namespace handin::edlink
