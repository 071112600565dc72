#include "outbox/feed.hpp"

#include "events/canvas/canvas_form.hpp"

namespace handin::outbox {

task<Feed::Page> Feed::read(std::int64_t after, std::size_t limit) {
    const auto stored = co_await store::read(
        &store_, [=](store::Reader& reader) { return reader.events(after, limit); });
    Page page{.entries = {}, .next = stored.empty() ? after : stored.back().sequence};
    page.entries.reserve(stored.size());
    for (const auto& [sequence, event] : stored)
        if (auto payload = events::canvas::render(event))
            page.entries.emplace_back(sequence, std::move(*payload));
    co_return page;
}

}  // namespace handin::outbox
