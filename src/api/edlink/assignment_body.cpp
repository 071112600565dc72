#include "api/edlink/assignment_body.hpp"

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "api/edlink/date_time.hpp"
#include "api/edlink/number_in.hpp"
#include "base/encoding.hpp"
#include "domain/number_text.hpp"

namespace handin::edlink {
namespace {

using domain::AttachmentKind;
using domain::GradingType;

constexpr std::string_view kDialect = "edlink";  // of domain::AssignmentDetails::extras

json::string_view view(std::string_view text) {
    return {text.data(), text.size()};
}

class Reading {
 public:
    Reading(service::AssignmentOrder& order, std::vector<Notice>& errors,
            std::vector<Notice>& warnings)
        : order_(order), fields_(order.fields), errors_(errors), warnings_(warnings) {}

    void id(std::string_view name, const json::value& value) {
        if (value.is_null()) return;
        const auto id = value.is_string() ? Uuid::parse(value.as_string()) : std::nullopt;
        if (!id) return add("INVALID_UUID", name, "a valid v4 or v5 UUID is expected.");
        if (*id == Uuid{}) return;  // some clients' way to say none
        order_.assignment_id = *id;
    }
    void title(std::string_view name, const json::value& value) {
        text(name, value, fields_.title);
    }
    void description(std::string_view name, const json::value& value) {
        text(name, value, fields_.description);
    }
    void plain(std::string_view name, const json::value& value) {
        if (value.is_null())
            fields_.plain_description = "";
        else
            text(name, value, fields_.plain_description);
    }

    void state(std::string_view name, const json::value& value) {
        const auto* state = value.if_string();
        if (state == nullptr ||
            (*state != "draft" && *state != "scheduled" && *state != "open" && *state != "locked"))
            return wrong(name, "draft, scheduled, open or locked");
        fields_.published = *state != "draft";
        fields_.locked = *state == "locked";
    }

    void due_date(std::string_view name, const json::value& value) {
        date(name, value, fields_.due_at);
    }
    void display_date(std::string_view name, const json::value& value) {
        date(name, value, fields_.display_at);
    }
    void start_date(std::string_view name, const json::value& value) {
        date(name, value, fields_.open_at);
    }
    void end_date(std::string_view name, const json::value& value) {
        date(name, value, fields_.close_at);
    }

    void assignee_mode(std::string_view name, const json::value& value) {
        const auto* mode = value.if_string();
        if (mode == nullptr || (*mode != "all" && *mode != "individuals"))
            return wrong(name, "all or individuals");
        fields_.everybody = *mode == "all";
    }
    void assignee_ids(std::string_view name, const json::value& value) {
        ids(name, value, "INVALID_ASSIGNEES", fields_.assignees);
    }
    void section_ids(std::string_view name, const json::value& value) {
        ids(name, value, "INVALID_UUID", fields_.section_ids);
    }

    void points_possible(std::string_view name, const json::value& value) {
        if (value.is_null()) {
            fields_.points_possible.emplace(std::nullopt);
            return;
        }
        const auto points = number_in(value);
        if (!points) return wrong(name, "a number or null");
        if (*points == 0)
            return add("ASSIGNMENT_CANNOT_HAVE_ZERO_POINTS", name, "more than zero is expected.");
        fields_.points_possible.emplace(*points);
    }

    void grading_type(std::string_view name, const json::value& value) {
        static constexpr std::array<std::pair<std::string_view, GradingType>, 4> types{
            {{"points", GradingType::points},
             {"percent", GradingType::percent},
             {"pass_fail", GradingType::pass_fail},
             {"letter_grade", GradingType::letter_grade}}};
        const auto* type = value.if_string();
        for (const auto& [known, meant] : types)
            if (type != nullptr && *type == view(known)) {
                fields_.grading = meant;
                return;
            }
        if (type != nullptr && *type == "rubric")
            return add("UNSUPPORTED_OPERATION", name,
                       "this server has no rubrics; points, say, can be given.");
        wrong(name, "points, percent, pass_fail or letter_grade");
    }

    void submission_types(std::string_view name, const json::value& value) {
        const auto* list = value.if_array();
        if (list == nullptr) return wrong(name, "a list of link, file and text");
        domain::AttachmentKinds kinds;
        for (const auto& each : *list) {
            const auto* type = each.if_string();
            if (type != nullptr && *type == "link")
                kinds.bits |= domain::AttachmentKinds::of({AttachmentKind::link}).bits;
            else if (type != nullptr && *type == "file")
                kinds.bits |= domain::AttachmentKinds::of({AttachmentKind::file}).bits;
            else if (type != nullptr && *type == "text")
                kinds.bits |= domain::AttachmentKinds::of({AttachmentKind::text}).bits;
            else
                return add("INVALID_SUBMISSION_TYPE", name, "link, file and text are taken here.");
        }
        fields_.kinds = kinds;
    }

    void max_attempts(std::string_view name, const json::value& value) {
        if (value.is_null()) {
            fields_.max_attempts.emplace(std::nullopt);
            return;
        }
        const auto number = number_in(value);
        const auto whole = static_cast<std::int64_t>(number.value_or(0.5));
        if (!number || static_cast<double>(whole) != *number)
            return wrong(name, "a whole number or null");
        fields_.max_attempts.emplace(whole);
    }

    void session_id(std::string_view name, const json::value& value) {
        reference(name, value, fields_.session_id);
    }
    void category_id(std::string_view name, const json::value& value) {
        reference(name, value, fields_.category_id);
    }
    void module_id(std::string_view name, const json::value& value) {
        reference(name, value, fields_.module_id);
    }
    void rubric_id(std::string_view name, const json::value& value) {
        reference(name, value, fields_.rubric_id);
    }
    void parent_id(std::string_view name, const json::value& value) {
        reference(name, value, fields_.parent_id);
    }

    void properties(std::string_view name, const json::value& value) {
        if (!value.is_object()) return wrong(name, "an object");
        fields_.extras[std::string(kDialect)] = json::serialize(value);
    }

    void attachments(std::string_view name, const json::value& value) {
        const auto* list = value.if_array();
        if (list == nullptr) return wrong(name, "a list of texts and links");
        std::vector<domain::Material> materials;
        for (const auto& each : *list) {
            const auto* item = each.if_object();
            if (item == nullptr) return wrong(name, "a list of texts and links");
            domain::Material material{.title = text_in(*item, "title"),
                                      .description = text_in(*item, "description")};
            const auto type = text_in(*item, "type");
            auto& content = type == "link" ? material.url : material.text;
            content = text_in(*item, type == "link" ? "url" : "text");
            if (type != "link" && type != "text")
                return add("INVALID_SUBMISSION_TYPE", name, "text and link are taken here.");
            if (content.empty())
                return add("MISSING_REQUIRED_FIELD", name, "'text' or 'url' is required.");
            if (type == "link" && !content.starts_with("http://") &&
                !content.starts_with("https://"))
                return wrong(name, "a url that begins with http:// or https://");
            materials.push_back(std::move(material));
        }
        fields_.materials = std::move(materials);
    }

 private:
    static std::string text_in(const json::object& object, std::string_view name) {
        const auto* value = object.if_contains(view(name));
        return value != nullptr && value->is_string() ? std::string(value->as_string()) : "";
    }

    void text(std::string_view name, const json::value& value, std::optional<std::string>& field) {
        if (!value.is_string()) return wrong(name, "text");
        field = std::string(value.as_string());
    }

    void date(std::string_view name, const json::value& value,
              std::optional<std::optional<Time>>& field) {
        if (value.is_null()) {
            field.emplace(std::nullopt);
            return;
        }
        const auto date = value.is_string() ? parse_date_time(value.as_string()) : std::nullopt;
        if (!date) return wrong(name, "an ISO 8601 date or null");
        if (!date->has_zone)
            warnings_.push_back({"DATETIME_MISSING_TIMEZONE",
                                 std::string(name) + " has no time zone; it is taken as UTC."});
        field.emplace(date->at);
    }

    void ids(std::string_view name, const json::value& value, std::string_view code,
             std::optional<std::vector<Uuid>>& field) {
        const auto* list = value.if_array();
        if (list == nullptr && !value.is_null()) return wrong(name, "a list of ids");
        std::vector<Uuid> ids;
        if (list != nullptr)
            for (const auto& each : *list) {
                const auto id = each.is_string() ? Uuid::parse(each.as_string()) : std::nullopt;
                if (!id) return add(code, name, "each is expected to be a valid v4 or v5 UUID.");
                ids.push_back(*id);
            }
        field = std::move(ids);
    }

    void reference(std::string_view name, const json::value& value,
                   std::optional<std::optional<Uuid>>& field) {
        if (value.is_null()) {
            field.emplace(std::nullopt);
            return;
        }
        const auto id = value.is_string() ? Uuid::parse(value.as_string()) : std::nullopt;
        if (!id) return add("INVALID_UUID", name, "a valid v4 or v5 UUID or null is expected.");
        field.emplace(*id);
    }

    void add(std::string_view code, std::string_view field, std::string_view what) {
        errors_.push_back({std::string(code), std::string(field) + ": " + std::string(what)});
    }
    void wrong(std::string_view field, std::string_view expected) {
        add("INVALID_REQUEST_BODY", field, "expected " + std::string(expected) + ".");
    }

    service::AssignmentOrder& order_;
    domain::AssignmentFields& fields_;
    std::vector<Notice>& errors_;
    std::vector<Notice>& warnings_;
};

struct Field {
    std::string_view name;
    void (Reading::*read)(std::string_view, const json::value&);
    bool required = false;       // of a new one
    bool only_at_first = false;  // row 10: "create list minus id, attachments"
};
constexpr Field kFields[] = {
    {"id", &Reading::id, false, true},
    {"title", &Reading::title, true},
    {"description", &Reading::description, true},
    {"description_plaintext", &Reading::plain},
    {"state", &Reading::state},
    {"attachments", &Reading::attachments, false, true},
    {"due_date", &Reading::due_date, true},
    {"display_date", &Reading::display_date},
    {"start_date", &Reading::start_date},
    {"end_date", &Reading::end_date},
    {"assignee_mode", &Reading::assignee_mode},
    {"assignee_ids", &Reading::assignee_ids},
    {"section_ids", &Reading::section_ids},
    {"points_possible", &Reading::points_possible},
    {"grading_type", &Reading::grading_type, true},
    {"submission_types", &Reading::submission_types},
    {"max_attempts", &Reading::max_attempts},
    {"session_id", &Reading::session_id},
    {"category_id", &Reading::category_id},
    {"module_id", &Reading::module_id},
    {"properties", &Reading::properties},
    {"rubric_id", &Reading::rubric_id},
    {"parent_id", &Reading::parent_id},
};

// Fields told of that are none: a body may be full of them.
constexpr std::size_t kMostUnexpected = 20;

bool is_known(std::string_view name) {
    for (const auto& field : kFields)
        if (field.name == name) return true;
    return false;
}

// A new one is for everybody, and takes whatever can be handed in, unless it says otherwise.
void fill_in(domain::AssignmentFields& fields, std::vector<Notice>& warnings) {
    if (fields.kinds) return;
    fields.kinds = domain::AttachmentKinds::of(
        {AttachmentKind::link, AttachmentKind::file, AttachmentKind::text});
    warnings.push_back(
        {"AUTOFILLED_DEFAULT", "submission_types was not given; link, file and text are taken."});
}

}  // namespace

std::vector<Notice> read_assignment_body(std::string_view body, service::AssignmentOrder& order,
                                         std::vector<Notice>& warnings) {
    const bool creates = order.kind == domain::ChangeAssignment::Kind::create;
    std::vector<Notice> errors;
    boost::system::error_code error;
    const auto value = json::parse(view(body), error);
    if (error || !value.is_object())
        return {{"INVALID_REQUEST_BODY", "The body must be a JSON object."}};
    const auto& object = value.get_object();
    Reading reading(order, errors, warnings);
    for (const auto& field : kFields) {
        const auto* given = object.if_contains(view(field.name));
        const bool missing = given == nullptr || given->is_null();
        if (creates && field.required && missing)
            errors.push_back(
                {"MISSING_REQUIRED_FIELD", "'" + std::string(field.name) + "' is required."});
        else if (given != nullptr && field.only_at_first && !creates)
            warnings.push_back({"INVALID_PATCH_PROPERTY",
                                std::string(field.name) + " cannot be changed; it is ignored."});
        else if (given != nullptr)
            (reading.*field.read)(field.name, *given);
    }
    const auto told = warnings.size() + kMostUnexpected;
    for (const auto& [name, field] : object)
        if (const std::string_view text(name.data(), name.size());
            !is_known(text) && warnings.size() < told)
            warnings.push_back(
                {"FOUND_UNEXPECTED_FIELD",
                 well_formed_utf8(text) + " is not a field of an assignment; it is ignored."});
    if (creates) fill_in(order.fields, warnings);
    return errors;
}

}  // namespace handin::edlink
