#include "api/tabula/faults.hpp"

#include <gtest/gtest.h>

namespace handin::tabula {
namespace {

using domain::Reason;
using domain::Refusal;

const Uuid kAssignment = uuid_v5(Uuid{}, "assignment");

// tabula.md 4.2: in the order of the rules, whatever order they were found in
TEST(TabulaFaults, InOrder) {
    const domain::Refusals refusals{
        {Reason::disability_not_chosen, "", "a"},  {Reason::word_count_missing, "", "b"},
        {Reason::file_too_big, "", "c", {"x"}, 5}, {Reason::nothing_attached, "", "d"},
        {Reason::already_submitted, "", "e"},      {Reason::closed, "", "f"},
        {Reason::not_open_yet, "", "g"},           {Reason::upload_attached, "", "h"}};
    std::vector<std::string> codes;
    for (const auto& fault : faults_of(refusals, kAssignment))
        codes.push_back(fault.code);
    EXPECT_EQ(codes,
              (std::vector<std::string>{
                  "binding.reSubmission", "assignment.submit.notopen", "assignment.submit.closed",
                  "assignment.submit.already", "file.missing", "file.toobig.one",
                  "assignment.submit.wordCount.missing", "assignment.submit.chooseDisability"}));
}

TEST(TabulaFaults, FieldsAreOfTheForm) {
    const auto fields = faults_of({{Reason::nothing_attached, "", "a"},
                                   {Reason::infected_file, "attachments[2]", "b"},
                                   {Reason::word_count_missing, "", "c"}},
                                  kAssignment);
    const auto upload = "fields[" + uuid_v5(kAssignment, "upload").str() + "].file";
    EXPECT_EQ(fields[0].field, upload);
    EXPECT_EQ(fields[1].field, upload + ".upload[2]");
    EXPECT_TRUE(fields[2].field.ends_with("].value"));
}

// tabula.md 4.3: .one
TEST(TabulaFaults, OneAndSeveral) {
    const auto code = [](Reason reason, std::vector<std::string> names, std::uint64_t limit) {
        return faults_of({{reason, "", "x", std::move(names), limit}}, kAssignment).front().code;
    };
    EXPECT_EQ(code(Reason::files_too_many, {}, 1), "file.toomany.one");
    EXPECT_EQ(code(Reason::files_too_many, {}, 2), "file.toomany");
    EXPECT_EQ(code(Reason::file_type_not_taken, {"a"}, 0), "file.wrongtype.one");
    EXPECT_EQ(code(Reason::file_type_not_taken, {"a", "b"}, 0), "file.wrongtype");
    EXPECT_EQ(code(Reason::file_too_big, {"a", "b"}, 0), "file.toobig");
    EXPECT_EQ(code(Reason::files_too_few, {}, 1), "file.minimum");
}

TEST(TabulaFaults, SeveralUsedOnesAreOneFault) {
    EXPECT_EQ(faults_of({{Reason::upload_attached, "attachments[0]", "x"},
                         {Reason::upload_attached, "attachments[1]", "x"}},
                        kAssignment)
                  .size(),
              1U);
}

TEST(TabulaFaults, WhatIsNotThereIsNoFault) {
    EXPECT_TRUE(faults_of({{Reason::not_found, "person_id", ""}}, kAssignment).empty());
}

}  // namespace
}  // namespace handin::tabula
