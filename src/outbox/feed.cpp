#include "outbox/feed.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "events/canvas/canvas_form.hpp"

namespace handin::outbox {
namespace {

namespace json = boost::json;

std::string render(const std::vector<store::StoredEvent>& stored, std::int64_t after) {
    json::array events;
    for (const auto& [sequence, event, trouble] : stored)
        if (auto payload = trouble.empty() ? events::canvas::render(event) : std::nullopt)
            events.push_back(
                json::object{{"sequence", sequence}, {"payload", std::move(*payload)}});
    return json::serialize(json::object{{"events", std::move(events)},
                                        {"next", stored.empty() ? after : stored.back().sequence}});
}

}  // namespace

task<std::string> Feed::read(std::int64_t after, std::size_t limit) {
    co_return co_await store::read_long(
        &store_, [=](store::Reader& reader) { return render(reader.events(after, limit), after); });
}

}  // namespace handin::outbox
