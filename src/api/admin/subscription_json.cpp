#include "api/admin/subscription_json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/encoding.hpp"

namespace handin::admin {
namespace {

namespace json = boost::json;
using outbox::Problem;
using outbox::SubscriptionWish;

template <class T>
std::optional<T> read(const json::value& value);

template <>
std::optional<std::string> read(const json::value& value) {
    return value.is_string() ? std::optional(std::string(value.get_string())) : std::nullopt;
}
template <>
std::optional<bool> read(const json::value& value) {
    return value.is_bool() ? std::optional(value.get_bool()) : std::nullopt;
}
template <>
std::optional<std::int64_t> read(const json::value& value) {
    return value.is_int64() ? std::optional(value.get_int64()) : std::nullopt;
}
template <>
std::optional<std::vector<std::string>> read(const json::value& value) {
    if (!value.is_array()) return std::nullopt;
    std::vector<std::string> texts;
    for (const auto& each : value.get_array()) {
        if (!each.is_string()) return std::nullopt;
        texts.emplace_back(each.get_string());
    }
    return texts;
}

template <class T>
bool take(std::string_view key, const json::value& value, std::string_view name,
          std::optional<T>& into, bool& known) {
    if (key != name) return true;
    known = true;
    into = read<T>(value);
    return into.has_value();
}

json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
}

}  // namespace

json::object shown(const store::Subscription& it, Secret secret) {
    json::array events(it.events.begin(), it.events.end());
    json::object object{{"id", it.id.str()},
                        {"name", it.name},
                        {"events", std::move(events)},
                        {"form", it.form},
                        {"transport", it.transport},
                        {"target", it.target},
                        {"sign", it.sign},
                        {"quoted", it.quoted},
                        {"active", it.state == store::Subscription::State::active},
                        {"reason", text_or_null(it.reason)},
                        {"created_at", iso_micros(it.created_at)},
                        {"updated_at", iso_micros(it.updated_at)},
                        {"cursor", it.cursor},
                        {"replaying", nullptr}};
    if (it.replay_after < it.replay_until)
        object["replaying"] = json::object{{"after", it.replay_after}, {"until", it.replay_until}};
    if (secret == Secret::shown) object["secret"] = it.secret;
    return object;
}

std::string audit_detail(const store::Subscription& it) {
    const auto scheme = it.target.find("://");
    const auto host = scheme == std::string::npos ? 0 : scheme + 3;
    const auto end = it.target.find_first_of("/?#", host);
    const auto origin = it.target.substr(0, end);
    json::array events(it.events.begin(), it.events.end());
    return json::serialize(json::object{
        {"name", it.name},
        {"target", origin},
        {"form", it.form},
        {"sign", it.sign},
        {"events", std::move(events)},
        {"state", it.state == store::Subscription::State::active ? "active" : "deactivated"}});
}

json::object shown(const store::Delivery& it) {
    json::object object{{"sequence", it.sequence},
                        {"id", it.event_id.str()},
                        {"event_name", it.event_name},
                        {"submission_id", it.submission_id.str()},
                        {"state", it.dead_at ? "dead" : "waiting"},
                        {"attempts", it.attempts},
                        {"due_at", nullptr},
                        {"dead_at", nullptr},
                        {"last", nullptr}};
    if (it.dead_at)
        object["dead_at"] = iso_micros(*it.dead_at);
    else
        object["due_at"] = iso_micros(it.due_at);
    if (it.attempts > 0 || it.dead_at)
        object["last"] =
            json::object{{"status", it.status}, {"timed_out", it.timed_out}, {"answer", it.answer}};
    return object;
}

json::object shown(const events::Outcome& outcome) {
    return {{"delivered", outcome.kind == events::Outcome::Kind::delivered},
            {"status", outcome.status},
            {"timed_out", outcome.timed_out},
            {"answer", well_formed_utf8(outcome.reason)}};
}

std::expected<SubscriptionWish, Problem> parse_wish(const std::string& body) {
    boost::system::error_code error;
    const auto value = json::parse(body, error);
    if (error || !value.is_object())
        return std::unexpected(Problem{"", "expected a JSON object as the body"});
    SubscriptionWish wish;
    for (const auto& [key, each] : value.get_object()) {
        const std::string_view name(key.data(), key.size());
        bool known = false;
        const bool good = take(name, each, "name", wish.name, known) &&
                          take(name, each, "events", wish.events, known) &&
                          take(name, each, "form", wish.form, known) &&
                          take(name, each, "transport", wish.transport, known) &&
                          take(name, each, "target", wish.target, known) &&
                          take(name, each, "sign", wish.sign, known) &&
                          take(name, each, "quoted", wish.quoted, known) &&
                          take(name, each, "active", wish.active, known) &&
                          take(name, each, "after", wish.after, known);
        if (!good) return std::unexpected(Problem{std::string(name), "it has the wrong type"});
        if (!known) return std::unexpected(Problem{std::string(name), "there is no such setting"});
    }
    return wish;
}

}  // namespace handin::admin
