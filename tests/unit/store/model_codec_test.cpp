// The model's JSON inside rows: rows are full of it, so its first form stays readable.
#include "store/model_codec.hpp"

#include <gtest/gtest.h>

#include "support/commands.hpp"

namespace handin::test {
namespace {

using namespace std::chrono_literals;

// Version 1, frozen. A field may be added, if lines without it can still be read; none may change
// its name or meaning.
constexpr const char* kMarking =
    R"({"v":1,"grade":{"entered":{"score":"9","grade":"9"},"counted":{"score":"7.2",)"
    R"("grade":"7.2"},"attempt":2,"grader":"01000000-0000-7000-8000-000000000001",)"
    R"("grader_number":5,"graded_at":3},"excused":true,"posted_at":4,"returned":{"attempts":2,)"
    R"("at":5},"late":2,"late_by":60,"extra_attempts":1,"due":{"at":6},"close":{},)"
    R"("extension":{"id":"01000000-0000-7000-8000-000000000002","state":1,"until":7,)"
    R"("reason":"ill","reviewer_comment":"ok"},)"
    R"("comments":["01000000-0000-7000-8000-000000000003"],)"
    R"("last_said":"00112233-4455-6677-8899-aabbccddeeff",)"
    R"("then":[{"key":"00112233-4455-6677-8899-aabbccddeeff","excused":true},)"
    R"({"key":"00112233-4455-6677-8899-aabbccddeeff","said":2,"mark":true}]})";

domain::Submission marked() {
    domain::Submission submission;
    submission.assignment_id = id_of("assignment");
    submission.person_id = id_of("person");
    auto& marking = submission.marking;
    marking.grade = domain::Grade{
        .entered = {9, "9"},
        .counted = {7.2, "7.2"},
        .attempt = 2,
        .grader = domain::Grader{*Uuid::parse("01000000-0000-7000-8000-000000000001"), 5},
        .graded_at = from_micros(3)};
    marking.excused = true;
    marking.posted_at = from_micros(4);
    marking.returned = domain::Return{2, from_micros(5)};
    marking.late_status = domain::LateStatus::late;
    marking.late_by = 60s;
    marking.extra_attempts = 1;
    marking.dates.due = domain::DateChange::to(from_micros(6));
    marking.dates.close = domain::DateChange::to(std::nullopt);
    marking.extension =
        domain::Extension{.id = *Uuid::parse("01000000-0000-7000-8000-000000000002"),
                          .assignment_id = submission.assignment_id,
                          .person_id = submission.person_id,
                          .state = domain::Extension::State::approved,
                          .until = from_micros(7),
                          .reason = "ill",
                          .reviewer_comment = "ok"};
    marking.comments = {*Uuid::parse("01000000-0000-7000-8000-000000000003")};
    auto& then = submission.marked_replays.emplace_back();
    for (std::size_t i = 0; i < then.key.size(); ++i)
        then.key[i] = static_cast<std::uint8_t>(i * 0x11);
    marking.last_said = then.key;
    then.marking.excused = true;
    submission.marked_replays.push_back({.key = then.key, .comments = 2, .by_mark = true});
    return submission;
}

TEST(ModelCodec, MarkingStaysReadable) {
    auto read = marked();
    read.marking = {};
    read.marked_replays.clear();
    store::decode_marking(kMarking, read);
    EXPECT_EQ(read.marking, marked().marking);
    EXPECT_EQ(read.marked_replays, marked().marked_replays);
    EXPECT_EQ(store::encode_marking(marked()), kMarking);
}

// Once every comment's id was kept with every key; now how many there were.
TEST(ModelCodec, CommentsBesideKeysAreCounted) {
    domain::Submission read;
    store::decode_marking(
        R"({"v":1,"then":[{"key":"00112233-4455-6677-8899-aabbccddeeff","excused":true,)"
        R"("comments":["01000000-0000-7000-8000-000000000003",)"
        R"("01000000-0000-7000-8000-000000000004"]}]})",
        read);
    ASSERT_EQ(read.marked_replays.size(), 1U);
    EXPECT_TRUE(read.marked_replays[0].marking.excused);
    EXPECT_TRUE(read.marked_replays[0].marking.comments.empty());
    EXPECT_EQ(read.marked_replays[0].comments, 2U);
    EXPECT_EQ(store::encode_marking(read),
              R"({"v":1,"then":[{"key":"00112233-4455-6677-8899-aabbccddeeff","excused":true,)"
              R"("said":2}]})");
}

// Added later; the same promise.
constexpr const char* kNotes =
    R"({"v":1,"notes":[{"attempt":1,"downloaded":true},{"attempt":2,"words":3000,)"
    R"("use_disability":false,"adjustments":true,"deadline":8,"plagiarism":1,"reports":[)"
    R"({"file":"01000000-0000-7000-8000-000000000004","overlap":38,"web":1,"students":2,)"
    R"("publications":3,"url":"https://o.example/r"},)"
    R"({"file":"01000000-0000-7000-8000-000000000005"}]}]})";

TEST(ModelCodec, NotesStayReadable) {
    domain::Submission submission;
    auto& notes = submission.marking.notes;
    notes = {{.attempt = 1, .downloaded = true}, {.attempt = 2}};
    notes[1].declared = {.word_count = 3000, .use_disability = false, .adjustments_declared = true};
    notes[1].deadline = from_micros(8);
    notes[1].plagiarism = domain::Plagiarism::suspected;
    notes[1].reports = {{*Uuid::parse("01000000-0000-7000-8000-000000000004"),
                         {.overlap = 38,
                          .web_overlap = 1,
                          .student_overlap = 2,
                          .publication_overlap = 3,
                          .report_url = "https://o.example/r"}},
                        {*Uuid::parse("01000000-0000-7000-8000-000000000005"), {}}};
    domain::Submission read;
    store::decode_marking(kNotes, read);
    EXPECT_EQ(read.marking, submission.marking);
    EXPECT_EQ(store::encode_marking(submission), kNotes);
}

TEST(ModelCodec, FileRulesStayReadable) {
    domain::AssignmentRules rules;
    rules.files = {.minimum = 1, .most = 3, .types = {"pdf", "tar.gz"}, .bytes = 5'242'880};
    const auto text = store::encode(rules).value();
    EXPECT_NE(text.find(R"("least_files":1,"most_files":3,"file_types":["pdf","tar.gz"],)"
                        R"("file_bytes":5242880)"),
              std::string::npos)
        << text;
    EXPECT_EQ(store::decode_rules(text), rules);
}

TEST(ModelCodec, WhatIsAsUsualIsNothing) {
    EXPECT_FALSE(store::encode_marking({}));
    EXPECT_FALSE(store::encode(domain::AssignmentRules{}));
    EXPECT_FALSE(store::encode(domain::LatePolicy{}));
}

TEST(ModelCodec, RulesStayReadable) {
    domain::AssignmentRules rules;
    rules.grading = domain::GradingType::gpa_scale;
    rules.scheme.steps = {{"4.0", 90.5}, {"0", 0}};
    rules.groups.set_id = *Uuid::parse("01000000-0000-7000-8000-000000000001");
    rules.word_count.maximum = 100;
    rules.late_allowed = false;
    constexpr const char* text =
        R"({"v":1,"grading":4,"scheme":[{"name":"4.0","from":"90.5"},{"name":"0","from":"0"}],)"
        R"("posting":0,"group_set":"01000000-0000-7000-8000-000000000001",)"
        R"("grade_individually":false,"marking":0,"most_words":100,"late_allowed":false,)"
        R"("again_only_on_time":false})";
    EXPECT_EQ(store::encode(rules), text);
    EXPECT_EQ(store::decode_rules(text), rules);

    const domain::LatePolicy policy{.late_enabled = true, .late_deduction = 12.5};
    constexpr const char* late =
        R"({"v":1,"missing_enabled":false,"missing_deduction":"100","late_enabled":true,)"
        R"("late_deduction":"12.5","interval":0,"minimum_enabled":false,"minimum_percent":"0"})";
    EXPECT_EQ(store::encode(policy), late);
    EXPECT_EQ(store::decode_late_policy(late), policy);
}

TEST(ModelCodec, RefusesWhatNoVersionHasWritten) {
    domain::Submission submission;
    for (const char* text :
         {"", "[]", "{}", R"({"v":2})", R"({"v":1,"grade":{}})", R"({"v":1,"comments":["x"]})",
          R"({"v":1,"posted_at":"now"})", R"({"v":1,"then":[{}]})",
          R"({"v":1,"grade":{"entered":{"score":"x"},"counted":{},"attempt":0,"graded_at":0}})"})
        EXPECT_THROW(store::decode_marking(text, submission), std::runtime_error) << text;
    for (const char* text : {"", "{}", R"({"v":2})", R"({"v":1})"}) {
        EXPECT_THROW((void)store::decode_rules(text), std::runtime_error) << text;
        EXPECT_THROW((void)store::decode_late_policy(text), std::runtime_error) << text;
    }
}

}  // namespace
}  // namespace handin::test
