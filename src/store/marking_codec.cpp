#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <utility>

#include "base/encoding.hpp"
#include "base/json_writer.hpp"
#include "store/json_fields.hpp"
#include "store/model_codec.hpp"

namespace handin::store {
namespace {

namespace json = boost::json;
using namespace fields;
using domain::DateChange;
using domain::Extension;
using domain::Grade;
using domain::Marking;

constexpr int kVersion = 1;

template <class Write>
void put(ObjectWriter& object, std::string& out, std::string_view name, Write write) {
    object.begin(name);
    ObjectWriter inner(out);
    write(inner);
    inner.end();
}

template <class Items, class Write>
void put_all(ObjectWriter& object, std::string& out, std::string_view name, const Items& items,
             Write write) {
    object.begin(name);
    out += '[';
    for (const auto& item : items) {
        if (out.back() != '[') out += ',';
        write(item);
    }
    out += ']';
}

// Keys and the starts of hashes are as long as a UUID, and written like one.
domain::ReplayKey key_of(const json::object& object, std::string_view name) {
    const auto id = id_of(object, name);
    domain::ReplayKey key{};
    static_assert(sizeof key == sizeof id.bytes);
    std::ranges::copy(id.bytes, key.begin());
    return key;
}

std::string key_text(const domain::ReplayKey& key) {
    Uuid id;
    std::ranges::copy(key, id.bytes.begin());
    return id.str();
}

void put_time(ObjectWriter& object, std::string_view name, const std::optional<Time>& time) {
    if (time) object.number(name, to_micros(*time));
}

void put_judgement(ObjectWriter& object, const domain::Judgement& judgement) {
    if (judgement.score) object.plain("score", exact(*judgement.score));
    if (!judgement.grade.empty()) object.text("grade", judgement.grade);
}

void put_grade(ObjectWriter& object, std::string& out, const Grade& grade) {
    put(object, out, "entered", [&](auto& inner) { put_judgement(inner, grade.entered); });
    put(object, out, "counted", [&](auto& inner) { put_judgement(inner, grade.counted); });
    object.number("attempt", grade.attempt);
    if (grade.grader) {
        object.plain("grader", grade.grader->id.str());
        object.number("grader_number", grade.grader->number);
    }
    object.number("graded_at", to_micros(grade.graded_at));
}

void put_change(ObjectWriter& object, std::string& out, std::string_view name,
                const DateChange& change) {
    if (change.set) put(object, out, name, [&](auto& inner) { put_time(inner, "at", change.at); });
}

void put_extension(ObjectWriter& object, const Extension& extension) {
    object.plain("id", extension.id.str());
    object.number("state", static_cast<int>(extension.state));
    put_time(object, "requested_at", extension.requested_at);
    put_time(object, "requested_until", extension.requested_until);
    put_time(object, "until", extension.until);
    object.text("reason", extension.reason);
    object.text("reviewer_comment", extension.reviewer_comment);
}

void put_report(ObjectWriter& object, const domain::FileReport& each) {
    const auto& report = each.report;
    object.plain("file", each.attachment_id.str());
    if (report.overlap) object.number("overlap", *report.overlap);
    if (report.web_overlap) object.number("web", *report.web_overlap);
    if (report.student_overlap) object.number("students", *report.student_overlap);
    if (report.publication_overlap) object.number("publications", *report.publication_overlap);
    if (!report.report_url.empty()) object.text("url", report.report_url);
}

void put_note(ObjectWriter& object, std::string& out, const domain::AttemptNote& note) {
    object.number("attempt", note.attempt);
    const auto& declared = note.declared;
    if (declared.word_count) object.number("words", *declared.word_count);
    if (declared.use_disability) object.flag("use_disability", *declared.use_disability);
    if (declared.adjustments_declared) object.flag("adjustments", *declared.adjustments_declared);
    put_time(object, "deadline", note.deadline);
    if (note.plagiarism != domain::Plagiarism::none)
        object.number("plagiarism", static_cast<int>(note.plagiarism));
    if (!note.reports.empty())
        put_all(object, out, "reports", note.reports, [&](const auto& report) {
            ObjectWriter inner(out);
            put_report(inner, report);
            inner.end();
        });
    if (note.downloaded) object.flag("downloaded", true);
}

void put_marking(ObjectWriter& object, std::string& out, const Marking& marking) {
    if (marking.grade)
        put(object, out, "grade", [&](auto& inner) { put_grade(inner, out, *marking.grade); });
    if (marking.excused) object.flag("excused", true);
    put_time(object, "posted_at", marking.posted_at);
    if (marking.returned)
        put(object, out, "returned", [&](auto& inner) {
            inner.number("attempts", marking.returned->attempts);
            inner.number("at", to_micros(marking.returned->at));
        });
    if (marking.late_status) object.number("late", static_cast<int>(*marking.late_status));
    if (marking.late_by.count() != 0) object.number("late_by", marking.late_by.count());
    if (marking.extra_attempts != 0) object.number("extra_attempts", marking.extra_attempts);
    put_change(object, out, "open", marking.dates.open);
    put_change(object, out, "due", marking.dates.due);
    put_change(object, out, "close", marking.dates.close);
    if (marking.extension)
        put(object, out, "extension",
            [&](auto& inner) { put_extension(inner, *marking.extension); });
    if (!marking.comments.empty())
        put_all(object, out, "comments", marking.comments, [&](const Uuid& id) {
            out += '"';
            out += id.str();
            out += '"';
        });
    if (marking.last_said) object.plain("last_said", key_text(*marking.last_said));
    if (!marking.notes.empty())
        put_all(object, out, "notes", marking.notes, [&](const auto& note) {
            ObjectWriter inner(out);
            put_note(inner, out, note);
            inner.end();
        });
}

domain::Judgement take_judgement(const json::object& object) {
    return {.score = optional_of(object, "score", real_of),
            .grade = optional_of(object, "grade", text_of).value_or("")};
}

Grade take_grade(const json::object& object) {
    Grade grade;
    grade.entered = take_judgement(object_of(object, "entered"));
    grade.counted = take_judgement(object_of(object, "counted"));
    grade.attempt = static_cast<std::uint32_t>(integer_of(object, "attempt"));
    if (has(object, "grader"))
        grade.grader = domain::Grader{id_of(object, "grader"), integer_of(object, "grader_number")};
    grade.graded_at = time_of(object, "graded_at");
    return grade;
}

DateChange take_change(const json::object& object, std::string_view name) {
    if (!has(object, name)) return {};
    return DateChange::to(optional_of(object_of(object, name), "at", time_of));
}

Extension take_extension(const json::object& object, const domain::Submission& submission) {
    return {.id = id_of(object, "id"),
            .assignment_id = submission.assignment_id,
            .person_id = submission.person_id,
            .state = enum_of<Extension::State>(object, "state"),
            .requested_at = optional_of(object, "requested_at", time_of),
            .requested_until = optional_of(object, "requested_until", time_of),
            .until = optional_of(object, "until", time_of),
            .reason = text_of(object, "reason"),
            .reviewer_comment = text_of(object, "reviewer_comment")};
}

std::optional<int> small_of(const json::object& object, std::string_view key) {
    const auto value = optional_of(object, key, integer_of);
    return value ? std::optional(static_cast<int>(*value)) : std::nullopt;
}

bool is_set(const json::object& object, std::string_view key) {
    return flag_of(object, key);
}

domain::AttemptNote take_note(const json::object& object) {
    domain::AttemptNote note{.attempt = static_cast<std::uint32_t>(integer_of(object, "attempt"))};
    note.declared = {.word_count = optional_of(object, "words", integer_of),
                     .use_disability = optional_of(object, "use_disability", is_set),
                     .adjustments_declared = optional_of(object, "adjustments", is_set)};
    note.deadline = optional_of(object, "deadline", time_of);
    note.plagiarism = optional_of(object, "plagiarism", enum_of<domain::Plagiarism>)
                          .value_or(domain::Plagiarism::none);
    if (has(object, "reports"))
        for (const auto& item : object.at("reports").as_array()) {
            const auto& each = item.as_object();
            note.reports.push_back(
                {id_of(each, "file"),
                 {.overlap = small_of(each, "overlap"),
                  .web_overlap = small_of(each, "web"),
                  .student_overlap = small_of(each, "students"),
                  .publication_overlap = small_of(each, "publications"),
                  .report_url = optional_of(each, "url", text_of).value_or("")}});
        }
    note.downloaded = flag_of(object, "downloaded");
    return note;
}

Marking take_marking(const json::object& object, const domain::Submission& submission) {
    Marking marking;
    if (has(object, "grade")) marking.grade = take_grade(object_of(object, "grade"));
    marking.excused = flag_of(object, "excused");
    marking.posted_at = optional_of(object, "posted_at", time_of);
    if (has(object, "returned")) {
        const auto& returned = object_of(object, "returned");
        marking.returned = domain::Return{
            static_cast<std::uint32_t>(integer_of(returned, "attempts")), time_of(returned, "at")};
    }
    marking.late_status = optional_of(object, "late", enum_of<domain::LateStatus>);
    marking.late_by = std::chrono::seconds(optional_of(object, "late_by", integer_of).value_or(0));
    marking.extra_attempts = optional_of(object, "extra_attempts", integer_of).value_or(0);
    marking.dates = {take_change(object, "open"), take_change(object, "due"),
                     take_change(object, "close")};
    if (has(object, "extension"))
        marking.extension = take_extension(object_of(object, "extension"), submission);
    if (has(object, "comments"))
        for (const auto& each : object.at("comments").as_array()) {
            const auto id = Uuid::parse(each.as_string());
            if (!id) throw std::runtime_error("a stored value has a damaged id");
            marking.comments.push_back(*id);
        }
    if (has(object, "last_said")) marking.last_said = key_of(object, "last_said");
    if (has(object, "notes"))
        for (const auto& each : object.at("notes").as_array())
            marking.notes.push_back(take_note(each.as_object()));
    return marking;
}

// Older lines list the comments' ids here, too.
domain::MarkedReplay take_replay(const json::object& object, const domain::Submission& submission) {
    domain::MarkedReplay then{.key = key_of(object, "key"),
                              .marking = take_marking(object, submission)};
    const auto listed = std::exchange(then.marking.comments, {}).size();
    const auto said = optional_of(object, "said", integer_of);
    then.comments = static_cast<std::uint32_t>(said.value_or(static_cast<std::int64_t>(listed)));
    then.by_mark = flag_of(object, "mark");
    return then;
}

}  // namespace

Json encode_marking(const domain::Submission& submission) {
    if (submission.marking == Marking{} && submission.marked_replays.empty()) return std::nullopt;
    std::string out;
    ObjectWriter object(out);
    object.number("v", kVersion);
    put_marking(object, out, submission.marking);
    if (!submission.marked_replays.empty())
        put_all(object, out, "then", submission.marked_replays, [&](const auto& then) {
            ObjectWriter inner(out);
            inner.plain("key", key_text(then.key));
            put_marking(inner, out, then.marking);
            if (then.comments != 0) inner.number("said", then.comments);
            if (then.by_mark) inner.flag("mark", true);
            inner.end();
        });
    object.end();
    return out;
}

void decode_marking(std::string_view text, domain::Submission& submission) try {
    const auto value = json::parse(view(text));
    const auto& object = value.as_object();
    if (integer_of(object, "v") != kVersion)
        throw std::runtime_error("a marking has a version that this binary does not know");
    submission.marking = take_marking(object, submission);
    submission.marked_replays.clear();
    if (!has(object, "then")) return;
    for (const auto& each : object.at("then").as_array())
        submission.marked_replays.push_back(take_replay(each.as_object(), submission));
} catch (const std::logic_error& error) {  // how Boost.JSON tells of a missing or a wrong value
    throw std::runtime_error(std::string("a marking is damaged: ") + error.what());
}

}  // namespace handin::store
