#include "api/tus/form_metadata.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

namespace handin::tus {
namespace {

namespace json = boost::json;

// False if one of the values has no place.
bool read_facts(const json::object& object, FileFacts& facts) {
    for (const auto& [key, value] : object) {
        const auto* text = value.if_string();
        if (!text) return false;
        if (key == "part")
            facts.part = *text;
        else if (key == "filename")
            facts.filename = std::string(*text);
        else if (key == "content_type")
            facts.media_type = std::string(*text);
        else
            return false;
    }
    return object.contains("part");
}

}  // namespace

std::expected<std::vector<FileFacts>, std::string> parse_form_metadata(std::string_view text) {
    boost::system::error_code error;
    const auto value = json::parse({text.data(), text.size()}, error);
    if (error) return std::unexpected("that is no JSON.");
    const auto refused =
        std::unexpected(R"(expected {"files":[{"part":"…","filename":"…","content_type":"…"}]}.)");
    const auto* object = value.if_object();
    if (!object || object->size() != 1) return refused;
    const auto* files = object->if_contains("files");
    if (!files || !files->is_array()) return refused;
    std::vector<FileFacts> found;
    for (const auto& item : files->get_array())
        if (!item.is_object() || !read_facts(item.get_object(), found.emplace_back()))
            return refused;
    return found;
}

}  // namespace handin::tus
