// What the JSON part of a form may be beyond a JSON body (docs/edlink.md, "As a form").
#include "api/edlink/body_reading.hpp"

namespace handin::edlink {
namespace {

constexpr SubmitBodyOptions kForm{.in_form = true};

TEST(FormJson, ListOrObject) {
    for (const auto* body : {R"([{"type":"file","part":"f"},{"type":"text","text":"a"}])",
                             R"({"attachments":[{"type":"file","part":"f"},)"
                             R"({"type":"text","text":"a"}]})"}) {
        const auto reading = read_every_way(body, kForm);
        ASSERT_FALSE(reading.problem) << reading.problem->message;
        ASSERT_EQ(reading.fields.size(), 2U);
        EXPECT_EQ(reading.fields[0].part, "f");
        EXPECT_FALSE(reading.fields[1].part);
        EXPECT_EQ(reading.text.at(1), "a");
        EXPECT_TRUE(reading.has_attachments);
        EXPECT_TRUE(reading.unexpected.empty());
    }
}

TEST(FormJson, BytesInAList) {
    const auto reading =
        read_every_way(R"([{"data":[104,105],"part":null},{"data":{"0":1}}])", kForm);
    ASSERT_FALSE(reading.problem) << reading.problem->message;
    EXPECT_EQ(reading.data.at(0), "hi");
    EXPECT_EQ(reading.data.at(1), "\1");
    EXPECT_FALSE(reading.fields[0].part);
}

TEST(FormJson, Refused) {
    const struct {
        std::string_view body, field, message;
    } cases[] = {
        {"[1]", "attachments[0]", "expected an object at byte 1"},
        {"[[]]", "attachments[0]", "expected an object at byte 1"},
        {"[", "", "the body ends too early, at byte 1"},
        {"[] []", "", "not valid JSON at byte 3"},
        {"7", "",
         "expected a list of attachments, or an object with the key attachments at byte 0"},
        {R"([{"part":["f"]}])", "attachments[0].part", "expected a string at byte 9"},
        {R"([{"part":"f","part":"g"}])", "attachments[0].part", "given more than once at byte 13"},
    };
    for (const auto& wanted : cases) {
        const auto reading = read_every_way(wanted.body, kForm);
        ASSERT_TRUE(reading.problem) << wanted.body;
        EXPECT_EQ(reading.problem->field, wanted.field) << wanted.body;
        EXPECT_EQ(reading.problem->message, wanted.message) << wanted.body;
    }
}

TEST(FormJson, NothingOfItOutsideOfAForm) {
    EXPECT_TRUE(read({"[]"}).problem);
    const auto reading = read({R"({"attachments":[{"type":"file","part":["f"]}]})"});
    ASSERT_FALSE(reading.problem);
    EXPECT_FALSE(reading.fields[0].part);
    EXPECT_EQ(reading.unexpected, std::vector<std::string>{"attachments[0].part"});
}

}  // namespace
}  // namespace handin::edlink
