#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include "base/encoding.hpp"
#include "base/json_writer.hpp"
#include "store/json_fields.hpp"
#include "store/model_codec.hpp"

namespace handin::store {
namespace {

namespace json = boost::json;
using namespace fields;
using domain::Assignment;
using domain::AssignmentDetails;
using domain::Material;

constexpr int kVersion = 1;

using OptionalId = std::optional<Uuid> AssignmentDetails::*;
constexpr std::pair<std::string_view, OptionalId> kIds[] = {
    {"category_id", &AssignmentDetails::category_id},
    {"session_id", &AssignmentDetails::session_id},
    {"module_id", &AssignmentDetails::module_id},
    {"rubric_id", &AssignmentDetails::rubric_id},
    {"parent_id", &AssignmentDetails::parent_id}};

constexpr std::pair<std::string_view, std::string Material::*> kMaterial[] = {
    {"title", &Material::title},
    {"description", &Material::description},
    {"url", &Material::url},
    {"text", &Material::text}};

template <class Items, class Put>
void put_list(ObjectWriter& object, std::string& out, std::string_view name, const Items& items,
              Put put) {
    if (items.empty()) return;
    object.begin(name);
    out += '[';
    for (const auto& item : items) {
        if (out.back() != '[') out += ',';
        put(item);
    }
    out += ']';
}

domain::ReplayKey key_of(const json::value& value) {
    const auto id = Uuid::parse(value.as_string());
    if (!id) throw std::runtime_error("a stored value has a damaged key");
    return id->bytes;
}

template <class Take>
void each(const json::object& object, std::string_view name, Take take) {
    if (!has(object, name)) return;
    for (const auto& value : object.at(view(name)).as_array())
        take(value);
}

}  // namespace

Json encode_details(const Assignment& assignment) {
    const auto& details = assignment.details;
    if (details == AssignmentDetails{} && assignment.keys.empty()) return std::nullopt;
    std::string out;
    ObjectWriter object(out);
    object.number("v", kVersion);
    if (!details.plain_description.empty()) object.text("plain", details.plain_description);
    put_list(object, out, "materials", details.materials, [&](const Material& item) {
        ObjectWriter inner(out);
        for (const auto& [name, field] : kMaterial)
            if (!(item.*field).empty()) inner.text(name, item.*field);
        inner.end();
    });
    const auto quoted = [&](const Uuid& id) { out += '"' + id.str() + '"'; };
    put_list(object, out, "section_ids", details.section_ids, quoted);
    for (const auto& [name, field] : kIds)
        if (details.*field) object.plain(name, (details.*field)->str());
    if (!details.extras.empty()) {
        object.begin("extras");
        ObjectWriter inner(out);
        for (const auto& [name, text] : details.extras)
            inner.text(name, text);
        inner.end();
    }
    put_list(object, out, "keys", assignment.keys,
             [&](const domain::ReplayKey& key) { quoted(Uuid{key}); });
    object.end();
    return out;
}

void decode_details(std::string_view text, Assignment& assignment) try {
    const auto value = json::parse(view(text));
    const auto& object = value.as_object();
    if (integer_of(object, "v") != kVersion)
        throw std::runtime_error("stored details have a version that this binary does not know");
    auto& details = assignment.details;
    details.plain_description = optional_of(object, "plain", text_of).value_or("");
    each(object, "materials", [&](const json::value& item) {
        auto& material = details.materials.emplace_back();
        for (const auto& [name, field] : kMaterial)
            material.*field = optional_of(item.as_object(), name, text_of).value_or("");
    });
    each(object, "section_ids",
         [&](const json::value& id) { details.section_ids.push_back(Uuid{key_of(id)}); });
    for (const auto& [name, field] : kIds)
        details.*field = optional_of(object, name, id_of);
    if (has(object, "extras"))
        for (const auto& [name, extra] : object_of(object, "extras"))
            details.extras.emplace(name, std::string(extra.as_string()));
    each(object, "keys", [&](const json::value& key) { assignment.keys.push_back(key_of(key)); });
} catch (const std::logic_error& error) {  // how Boost.JSON tells of a missing or a wrong value
    throw std::runtime_error(std::string("stored details are damaged: ") + error.what());
}

}  // namespace handin::store
