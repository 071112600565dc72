#include "api/tabula/submit/submission_body.hpp"

#include <gtest/gtest.h>

namespace handin::tabula {
namespace {

TEST(SubmissionBody, AsPublished) {
    const auto body = parse_submission(
        R"({"attachments": ["db2e9cae-c594-4005-b755-0dd820747ee0"], "wordCount": 3000})");
    ASSERT_TRUE(body);
    ASSERT_EQ(body->attachments.size(), 1U);
    EXPECT_EQ(body->attachments.front().str(), "db2e9cae-c594-4005-b755-0dd820747ee0");
    EXPECT_EQ(body->declared.word_count, 3000);
    EXPECT_FALSE(body->declared.use_disability);
}

// tabula.md 1.1 "JSON scalar coercion"
TEST(SubmissionBody, ScalarsAreCoerced) {
    const std::pair<const char*, std::optional<std::int64_t>> words[] = {
        {"3000", 3000}, {"\"3000\"", 3000}, {"3.7", 3}, {"-1", -1}, {"null", {}}, {"\"\"", {}}};
    for (const auto& [text, wanted] : words) {
        const auto body = parse_submission(std::string("{\"wordCount\":") + text + "}");
        ASSERT_TRUE(body) << text;
        EXPECT_EQ(body->declared.word_count, wanted) << text;
    }
    const std::pair<const char*, std::optional<bool>> flags[] = {
        {"true", true}, {"\"false\"", false}, {"0", false}, {"1", true}, {"null", {}}};
    for (const auto& [text, wanted] : flags) {
        const auto body = parse_submission(std::string("{\"useDisability\":") + text + "}");
        ASSERT_TRUE(body) << text;
        EXPECT_EQ(body->declared.use_disability, wanted) << text;
    }
}

TEST(SubmissionBody, AnIdThatIsNoneIsNobodys) {
    const auto body = parse_submission(R"({"attachments": ["no id"]})");
    ASSERT_TRUE(body);
    EXPECT_EQ(body->attachments.front(), Uuid{});
}

TEST(SubmissionBody, Refused) {
    for (const auto* text :
         {"", "[]", "{", "{'a':1}", R"({"foo":1})", R"({"attachments":null})",
          R"({"attachments":{}})", R"({"attachments":[1]})", R"({"attachments":["a",]})",
          R"({"wordCount":"abc"})", R"({"wordCount":true})", R"({"wordCount":1e300})",
          R"({"wordCount":2147483648})", R"({"useDisability":"maybe"})", R"({"wordCount":"9 "})",
          R"({"reasonableAdjustmentsDeclared":[]})"})
        EXPECT_FALSE(parse_submission(text)) << text;
}

}  // namespace
}  // namespace handin::tabula
