// Categories of assignments (edlink.md 4.1 row 20).
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "api/edlink/edlink.hpp"
#include "api/edlink/number_in.hpp"
#include "api/edlink/parameters.hpp"
#include "api/edlink/render.hpp"
#include "base/encoding.hpp"

namespace handin::edlink {
namespace {

constexpr std::size_t kLongestBody = 16 * 1024;  // four fields

json::string_view view(std::string_view text) {
    return {text.data(), text.size()};
}

// A number, a whole one if `field` is; null takes it away.
template <class T>
bool take(const json::value& value, std::optional<std::optional<T>>& field) {
    if (value.is_null()) {
        field.emplace(std::nullopt);
        return true;
    }
    const auto number = number_in(value);
    if (!number || static_cast<double>(static_cast<T>(*number)) != *number) return false;
    field.emplace(static_cast<T>(*number));
    return true;
}

std::expected<service::CategoryFields, Failure> read_body(std::string_view body, bool creates,
                                                          std::vector<Notice>& warnings) {
    boost::system::error_code error;
    const auto value = json::parse(view(body), error);
    if (error || !value.is_object())
        return std::unexpected(fail("INVALID_REQUEST_BODY", "The body must be a JSON object."));
    service::CategoryFields fields;
    Failure failure{.status = 400, .errors = {}};
    for (const auto& [key, field] : value.get_object()) {
        const std::string_view name(key.data(), key.size());
        bool right = true;
        if (name == "title") {
            right = field.is_string();
            if (right) fields.title = std::string(field.as_string());
        } else if (name == "weight") {
            right = take(field, fields.weight);
        } else if (name == "drop_lowest") {
            right = take(field, fields.drop_lowest);
        } else if (name == "position") {
            right = take(field, fields.position);
        } else {
            warnings.push_back(
                {"FOUND_UNEXPECTED_FIELD",
                 well_formed_utf8(name) + " is not a field of a category; it is ignored."});
        }
        if (!right)
            failure.errors.push_back(
                {"INVALID_REQUEST_BODY", std::string(name) + ": that is not what it can be."});
    }
    if (creates && !fields.title)
        failure.errors.push_back({"MISSING_REQUIRED_FIELD", "'title' is required."});
    if (!failure.errors.empty()) return std::unexpected(std::move(failure));
    return fields;
}

task<std::expected<service::CategoryFields, Failure>> read_fields(Call* call, bool creates) {
    auto body = co_await http::read_all(call->request, kLongestBody);
    if (!body)
        co_return std::unexpected(fail("INVALID_REQUEST_BODY", "The body is too long.", 413));
    co_return read_body(only_properties(*call, std::move(*body)), creates, call->warnings);
}

}  // namespace

task<http::Response> Edlink::list_categories(Call* call) {
    const auto id = id_in(*call, "class_id");
    if (!id) co_return failure(*call, id.error());
    auto fetch = [this, call, id](service::Page page) {
        return services_.categories.list(call->actor, *id, page);
    };
    auto show = [](const domain::Category& category) { return render(category).as_object(); };
    co_return co_await list(call, fetch, show);
}

task<http::Response> Edlink::fetch_category(Call* call) {
    const auto class_id = id_in(*call, "class_id");
    if (!class_id) co_return failure(*call, class_id.error());
    const auto id = id_in(*call, "category_id");
    if (!id) co_return failure(*call, id.error());
    const auto found = co_await services_.categories.find(call->actor, *class_id, *id);
    if (!found) co_return failure(*call, fail(call->request, {found.error()}));
    co_return co_await reply_one(call, render(*found).as_object());
}

task<http::Response> Edlink::create_category(Call* call) {
    const auto class_id = id_in(*call, "class_id");
    if (!class_id) co_return failure(*call, class_id.error());
    const auto key = replay_key_of(*call, "create category");
    if (!key) co_return failure(*call, key.error());
    auto fields = co_await read_fields(call, true);
    if (!fields) co_return failure(*call, fields.error());
    const auto made =
        co_await services_.categories.create(call->actor, *class_id, std::move(*fields), *key);
    if (!made) co_return failure(*call, fail(call->request, made.error()));
    if (made->repeated) call->warnings.push_back(repeated_key());
    co_return success(*call, render(made->category));
}

// The same again changes nothing, so no key is kept.
task<http::Response> Edlink::update_category(Call* call) {
    const auto class_id = id_in(*call, "class_id");
    if (!class_id) co_return failure(*call, class_id.error());
    const auto id = id_in(*call, "category_id");
    if (!id) co_return failure(*call, id.error());
    auto fields = co_await read_fields(call, false);
    if (!fields) co_return failure(*call, fields.error());
    const auto changed =
        co_await services_.categories.update(call->actor, *class_id, *id, std::move(*fields));
    if (!changed) co_return failure(*call, fail(call->request, changed.error()));
    co_return success(*call, render(*changed));
}

task<http::Response> Edlink::delete_category(Call* call) {
    const auto class_id = id_in(*call, "class_id");
    if (!class_id) co_return failure(*call, class_id.error());
    const auto id = id_in(*call, "category_id");
    if (!id) co_return failure(*call, id.error());
    const auto done = co_await services_.categories.remove(call->actor, *class_id, *id);
    if (!done) co_return failure(*call, fail(call->request, done.error()));
    co_return success(*call);
}

}  // namespace handin::edlink
