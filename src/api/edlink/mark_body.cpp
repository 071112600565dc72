#include "api/edlink/mark_body.hpp"

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>

#include "api/edlink/date_time.hpp"
#include "api/edlink/number_in.hpp"
#include "base/encoding.hpp"
#include "domain/number_text.hpp"

namespace handin::edlink {
namespace {

using domain::DateChange;
using domain::NewGrade;

class Reading {
 public:
    Reading(domain::MarkSubmission& command, std::vector<Notice>& errors,
            std::vector<Notice>& warnings)
        : command_(command), errors_(errors), warnings_(warnings) {}

    void grade_points(const json::value& value) {
        std::optional<std::string> text;
        if (value.is_null())
            text = "";
        else if (const auto number = number_in(value))
            text = domain::number_text(*number);
        if (!text) return wrong("grade_points", "a number or null");
        command_.grade = NewGrade{.text = *text, .prefer_points = true};
    }

    // What is shown follows from the points, so those count if both are there.
    void grade(const json::value& value) {
        if (!value.is_null() && !value.is_string()) return wrong("grade", "text or null");
        if (command_.grade) return;
        command_.grade = NewGrade{.text = value.is_null() ? "" : std::string(value.as_string())};
    }

    void grade_comment(const json::value& value) {
        if (!value.is_null() && !value.is_string()) return wrong("grade_comment", "text or null");
        if (value.is_null() || value.as_string().empty()) {
            warnings_.push_back({"INVALID_PATCH_PROPERTY",
                                 "grade_comment is added to, not taken back; it is ignored."});
            return;
        }
        command_.comment = domain::NewComment{.text = std::string(value.as_string())};
    }

    void extra_attempts(const json::value& value) {
        const auto number = value.is_null() ? std::optional(0.0) : number_in(value);
        const auto whole = static_cast<std::int64_t>(number.value_or(0.5));
        if (!number || static_cast<double>(whole) != *number)
            return wrong("extra_attempts", "a whole number");
        command_.extra_attempts = whole;
    }

    void override_due_date(const json::value& value) {
        if (value.is_null()) {
            command_.dates = domain::NewDates{.due = DateChange{}};
            return;
        }
        const auto date = value.is_string() ? parse_date_time(value.as_string()) : std::nullopt;
        if (!date)
            return wrong("override_due_date",
                         "an ISO 8601 date of the years 0001 to 9999, or null");
        if (!date->has_zone)
            warnings_.push_back({"DATETIME_MISSING_TIMEZONE",
                                 "override_due_date has no time zone; it is taken as UTC."});
        command_.dates = domain::NewDates{.due = DateChange::to(date->at)};
    }

    void flags(const json::value& value) {
        const auto* list = value.if_array();
        if (list == nullptr) return wrong("flags", "a list of late, missing and excused");
        domain::WantedFlags wanted;
        for (const auto& each : *list) {
            const auto* name = each.if_string();
            if (name != nullptr && *name == "late")
                wanted.late = true;
            else if (name != nullptr && *name == "missing")
                wanted.missing = true;
            else if (name != nullptr && *name == "excused")
                wanted.excused = true;
            else
                return wrong("flags", "a list of late, missing and excused");
        }
        command_.flags = wanted;
    }

    void grader_id(const json::value& value) {
        if (!value.is_null() && !value.is_string()) return wrong("grader_id", "an id");
        // edlink.md 6.1: whoever calls has graded
        warnings_.push_back(
            {"INVALID_PATCH_PROPERTY", "grader_id is who makes the request; it is ignored."});
    }

 private:
    void wrong(std::string_view field, std::string_view expected) {
        errors_.push_back({"INVALID_REQUEST_BODY",
                           std::string(field) + ": expected " + std::string(expected) + "."});
    }

    domain::MarkSubmission& command_;
    std::vector<Notice>& errors_;
    std::vector<Notice>& warnings_;
};

using Read = void (Reading::*)(const json::value&);
// In this order, whatever the order in the body: points before the grade that they are shown as.
constexpr std::array<std::pair<std::string_view, Read>, 7> kFields{
    {{"grade_points", &Reading::grade_points},
     {"grade", &Reading::grade},
     {"grade_comment", &Reading::grade_comment},
     {"flags", &Reading::flags},
     {"extra_attempts", &Reading::extra_attempts},
     {"override_due_date", &Reading::override_due_date},
     {"grader_id", &Reading::grader_id}}};

// Fields told of that are none: a body may be full of them.
constexpr std::size_t kMostUnexpected = 20;

bool is_known(std::string_view name) {
    for (const auto& [known, read] : kFields)
        if (known == name) return true;
    return false;
}

}  // namespace

std::vector<Notice> read_mark_body(std::string_view body, domain::MarkSubmission& command,
                                   std::vector<Notice>& warnings) {
    std::vector<Notice> errors;
    boost::system::error_code error;
    const auto value = json::parse(json::string_view(body.data(), body.size()), error);
    if (error || !value.is_object())
        return {{"INVALID_REQUEST_BODY", "The body must be a JSON object."}};
    const auto& object = value.get_object();
    Reading reading(command, errors, warnings);
    for (const auto& [name, read] : kFields)
        if (const auto* field = object.if_contains(json::string_view(name.data(), name.size())))
            (reading.*read)(*field);
    const auto told = warnings.size() + kMostUnexpected;
    for (const auto& [name, field] : object)
        if (const std::string_view text(name.data(), name.size());
            !is_known(text) && warnings.size() < told)
            warnings.push_back({"FOUND_UNEXPECTED_FIELD",
                                well_formed_utf8(text) +
                                    " is not a field that can be changed here; it is ignored."});
    return errors;
}

}  // namespace handin::edlink
