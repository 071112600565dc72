#include "api/tabula/submit/submission_body.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace handin::tabula {
namespace {

// An unknown id is none, which the rules tell (tabula.md 6, conflict 7); what is no text is no id.
std::expected<std::vector<Uuid>, BodyProblem> ids_in(const json::value& value) {
    const auto* list = value.if_array();
    if (list == nullptr) return std::unexpected("attachments: a list of ids is expected.");
    std::vector<Uuid> ids;
    for (const auto& each : *list) {
        if (!each.is_string()) return std::unexpected("attachments: an id is a text.");
        const auto& text = each.get_string();
        ids.push_back(Uuid::parse({text.data(), text.size()}).value_or(Uuid{}));
    }
    return ids;
}

// Puts a parsed value where it belongs; the problem, if there is one.
template <class Parsed, class Field>
std::optional<BodyProblem> set(Field& field, Parsed parsed) {
    if (!parsed) return std::move(parsed.error());
    field = std::move(*parsed);
    return std::nullopt;
}

std::optional<BodyProblem> take(SubmissionBody& body, std::string_view name,
                                const json::value& value) {
    if (name == "attachments") return set(body.attachments, ids_in(value));
    if (name == "wordCount") return set(body.declared.word_count, integer_in(name, value));
    if (name == "useDisability") return set(body.declared.use_disability, flag_in(name, value));
    if (name == "reasonableAdjustmentsDeclared")
        return set(body.declared.adjustments_declared, flag_in(name, value));
    return "There is no property '" + std::string(name) + "'.";
}

}  // namespace

std::expected<SubmissionBody, BodyProblem> parse_submission(std::string_view text) {
    const auto object = parse_object(text);
    if (!object) return std::unexpected(object.error());
    SubmissionBody body;
    for (const auto& [name, value] : *object)
        if (auto problem = take(body, {name.data(), name.size()}, value))
            return std::unexpected(std::move(*problem));
    return body;
}

}  // namespace handin::tabula
