#include "outbox/feed.hpp"

#include <boost/json/serialize.hpp>

#include "events/canvas/canvas_form.hpp"

namespace handin::outbox {
namespace {

namespace json = boost::json;

FeedPage render(const std::vector<store::StoredEvent>& stored, std::int64_t after) {
    FeedPage page;
    page.next = stored.empty() ? after : stored.back().sequence;
    for (const auto& [sequence, event, trouble] : stored)
        if (auto payload = trouble.empty() ? events::canvas::render(event) : std::nullopt)
            page.entries.push_back({sequence, json::serialize(*payload)});
    return page;
}

}  // namespace

task<FeedPage> Feed::page(std::int64_t after, std::size_t limit) {
    co_return co_await store::read_long(
        &store_, [=](store::Reader& reader) { return render(reader.events(after, limit), after); });
}

task<std::string> Feed::read(std::int64_t after, std::size_t limit) {
    const auto found = co_await page(after, limit);
    std::string text = R"({"events":[)";
    for (const auto& each : found.entries) {
        if (text.back() != '[') text += ',';
        text.append(R"({"sequence":)").append(std::to_string(each.sequence));
        text.append(R"(,"payload":)").append(each.payload).append("}");
    }
    co_return text + R"(],"next":)" + std::to_string(found.next) + '}';
}

task<std::int64_t> Feed::last() {
    co_return co_await store::read(&store_,
                                   [](store::Reader& reader) { return reader.last_sequence(); });
}

}  // namespace handin::outbox
