#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include "base/json_writer.hpp"
#include "store/json_fields.hpp"
#include "store/model_codec.hpp"

namespace handin::store {
namespace {

namespace json = boost::json;
using namespace fields;
using domain::AssignmentRules;
using domain::LatePolicy;

constexpr int kVersion = 1;

template <class Enum>
void put_enum(ObjectWriter& object, std::string_view name, Enum value) {
    object.number(name, static_cast<int>(value));
}

void put_scheme(ObjectWriter& object, std::string& out, const domain::GradeScheme& scheme) {
    if (scheme.steps.empty()) return;
    object.begin("scheme");
    out += '[';
    for (const auto& step : scheme.steps) {
        if (out.back() != '[') out += ',';
        ObjectWriter inner(out);
        inner.text("name", step.name);
        inner.plain("from", exact(step.from));
        inner.end();
    }
    out += ']';
}

// What throws for what was never written does so in one way.
template <class Take>
auto decode(std::string_view text, Take take) try {
    const auto value = json::parse(view(text));
    const auto& object = value.as_object();
    if (integer_of(object, "v") != kVersion)
        throw std::runtime_error("stored rules have a version that this binary does not know");
    return take(object);
} catch (const std::logic_error& error) {  // how Boost.JSON tells of a missing or a wrong value
    throw std::runtime_error(std::string("stored rules are damaged: ") + error.what());
}

domain::FileRules take_files(const json::object& object) {
    domain::FileRules files;
    files.minimum =
        static_cast<std::uint32_t>(optional_of(object, "least_files", integer_of).value_or(0));
    if (has(object, "most_files"))
        files.most = static_cast<std::uint32_t>(integer_of(object, "most_files"));
    if (has(object, "file_types"))
        for (const auto& type : object.at("file_types").as_array())
            files.types.emplace_back(type.as_string());
    if (has(object, "file_bytes"))
        files.bytes = static_cast<std::uint64_t>(integer_of(object, "file_bytes"));
    return files;
}

void put_files(ObjectWriter& object, std::string& out, const domain::FileRules& files) {
    if (files.minimum != 0) object.number("least_files", files.minimum);
    if (files.most) object.number("most_files", *files.most);
    if (!files.types.empty()) {
        object.begin("file_types");
        out += '[';
        for (const auto& type : files.types) {
            if (out.back() != '[') out += ',';
            append_quoted(out, type);
        }
        out += ']';
    }
    if (files.bytes) object.number("file_bytes", *files.bytes);
}

AssignmentRules take_rules(const json::object& object) {
    AssignmentRules rules;
    rules.grading = enum_of<domain::GradingType>(object, "grading");
    if (has(object, "scheme"))
        for (const auto& each : object.at("scheme").as_array()) {
            const auto& step = each.as_object();
            rules.scheme.steps.push_back({text_of(step, "name"), real_of(step, "from")});
        }
    rules.posting = enum_of<domain::PostPolicy>(object, "posting");
    rules.groups.set_id = optional_of(object, "group_set", id_of);
    rules.groups.grade_individually = flag_of(object, "grade_individually");
    rules.marking = enum_of<domain::Anonymity>(object, "marking");
    rules.word_count = {
        .minimum = optional_of(object, "least_words", integer_of),
        .maximum = optional_of(object, "most_words", integer_of),
        .conventions = optional_of(object, "word_conventions", text_of).value_or("")};
    rules.files = take_files(object);
    rules.late_allowed = flag_of(object, "late_allowed", true);
    rules.again_only_on_time = flag_of(object, "again_only_on_time");
    return rules;
}

LatePolicy take_late_policy(const json::object& object) {
    return {.missing_enabled = flag_of(object, "missing_enabled"),
            .missing_deduction = real_of(object, "missing_deduction"),
            .late_enabled = flag_of(object, "late_enabled"),
            .late_deduction = real_of(object, "late_deduction"),
            .interval = enum_of<LatePolicy::Interval>(object, "interval"),
            .minimum_enabled = flag_of(object, "minimum_enabled"),
            .minimum_percent = real_of(object, "minimum_percent")};
}

}  // namespace

Json encode(const AssignmentRules& rules) {
    if (rules == AssignmentRules{}) return std::nullopt;
    std::string out;
    ObjectWriter object(out);
    object.number("v", kVersion);
    put_enum(object, "grading", rules.grading);
    put_scheme(object, out, rules.scheme);
    put_enum(object, "posting", rules.posting);
    if (rules.groups.set_id) object.plain("group_set", rules.groups.set_id->str());
    object.flag("grade_individually", rules.groups.grade_individually);
    put_enum(object, "marking", rules.marking);
    if (rules.word_count.minimum) object.number("least_words", *rules.word_count.minimum);
    if (rules.word_count.maximum) object.number("most_words", *rules.word_count.maximum);
    if (!rules.word_count.conventions.empty())
        object.text("word_conventions", rules.word_count.conventions);
    put_files(object, out, rules.files);
    object.flag("late_allowed", rules.late_allowed);
    object.flag("again_only_on_time", rules.again_only_on_time);
    object.end();
    return out;
}

Json encode(const LatePolicy& policy) {
    if (policy == LatePolicy{}) return std::nullopt;
    std::string out;
    ObjectWriter object(out);
    object.number("v", kVersion);
    object.flag("missing_enabled", policy.missing_enabled);
    object.plain("missing_deduction", exact(policy.missing_deduction));
    object.flag("late_enabled", policy.late_enabled);
    object.plain("late_deduction", exact(policy.late_deduction));
    put_enum(object, "interval", policy.interval);
    object.flag("minimum_enabled", policy.minimum_enabled);
    object.plain("minimum_percent", exact(policy.minimum_percent));
    object.end();
    return out;
}

AssignmentRules decode_rules(std::string_view text) {
    return decode(text, take_rules);
}

LatePolicy decode_late_policy(std::string_view text) {
    return decode(text, take_late_policy);
}

}  // namespace handin::store
