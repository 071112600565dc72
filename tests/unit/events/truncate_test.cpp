// How Canvas cuts a text (canvas-live-events.md 1.7).
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "base/encoding.hpp"
#include "events/canvas/canvas_form.hpp"

namespace handin::test {
namespace {

using events::canvas::first_code_points;
using events::canvas::truncated;

// `length` code points of that letter, with spaces at these places.
std::string text(std::size_t length, std::string_view letter = "a",
                 std::initializer_list<std::size_t> spaces = {}) {
    std::string all;
    for (std::size_t i = 0; i < length; ++i)
        all += std::ranges::find(spaces, i) == spaces.end() ? letter : " ";
    return all;
}

std::size_t code_points(std::string_view all) {
    return static_cast<std::size_t>(
        std::ranges::count_if(all, [](char c) { return (c & 0xc0) != 0x80; }));
}

TEST(Truncated, Table) {
    const struct {
        const char* name;
        std::string whole, cut;
    } cases[] = {
        {"nothing", "", ""},
        {"short", "a b", "a b"},
        {"8192", text(8192), text(8192)},
        {"8192 with spaces", text(8192, "a", {10, 8189}), text(8192, "a", {10, 8189})},
        {"8193", text(8193), text(8189) + "..."},
        {"much more", text(100'000), text(8189) + "..."},
        {"space at the last place", text(8193, "a", {8189}), text(8189) + "..."},
        {"space one after it", text(8193, "a", {8190}), text(8189) + "..."},
        {"space one before it", text(8193, "a", {8188}), text(8188) + "..."},
        {"only an early space", text(8193, "a", {5}), text(5) + "..."},
        {"the last of several", text(9000, "a", {5, 700, 8000, 8191}),
         text(8000, "a", {5, 700}) + "..."},
        {"space at the front", text(8193, "a", {0}), "..."},
        {"two bytes each, 8192", text(8192, "é"), text(8192, "é")},
        {"two bytes each", text(8193, "é"), text(8189, "é") + "..."},
        {"three bytes each, a space", text(8193, "€", {8100}), text(8100, "€") + "..."},
        {"four bytes each, 8192", text(8192, "𝄞"), text(8192, "𝄞")},
        {"four bytes each", text(8193, "𝄞"), text(8189, "𝄞") + "..."},
        {"four bytes each, a space", text(8193, "𝄞", {8189}), text(8189, "𝄞") + "..."},
        // Only U+0020 counts.
        {"other blanks", text(100) + "\n\t\u00a0\u2003" + text(8100),
         text(100) + "\n\t\u00a0\u2003" + text(8085) + "..."},
    };
    for (const auto& c : cases)
        EXPECT_TRUE(truncated(c.whole) == c.cut)
            << c.name << ": " << code_points(truncated(c.whole)) << " code points";
}

RC_GTEST_PROP(Truncated, IsAPrefixThatFits, ()) {
    const auto pieces = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 5));
    static const char* const kLetters[] = {"a", " ", "é", "€", "𝄞"};
    std::string all = text(*rc::gen::inRange<std::size_t>(8100, 8190));
    for (const auto piece : pieces)
        all += kLetters[piece];
    const auto cut = truncated(all);
    RC_ASSERT(code_points(cut) <= 8192U);
    RC_ASSERT(well_formed_utf8(cut) == cut);
    if (code_points(all) <= 8192) {
        RC_ASSERT(cut == all);
    } else {
        RC_ASSERT(cut.ends_with("..."));
        const auto kept = cut.size() - 3;
        RC_ASSERT(all.substr(0, kept) == cut.substr(0, kept));
        RC_ASSERT(all[kept] == ' ' || code_points(cut) == 8192U);
    }
}

TEST(FirstCodePoints, Table) {
    EXPECT_EQ(first_code_points("", 3), "");
    EXPECT_EQ(first_code_points("abc", 3), "abc");
    EXPECT_EQ(first_code_points("abcd", 3), "abc");
    EXPECT_EQ(first_code_points("abc", 0), "");
    EXPECT_EQ(first_code_points("é€𝄞x", 3), "é€𝄞");
    EXPECT_EQ(first_code_points("é€𝄞", 2), "é€");
}

}  // namespace
}  // namespace handin::test
