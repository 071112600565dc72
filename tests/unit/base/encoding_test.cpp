#include "base/encoding.hpp"

#include <gtest/gtest.h>

namespace handin {
namespace {

using namespace std::literals;

TEST(Hex, IsLowerCase) {
    EXPECT_EQ(hex({}), "");
    EXPECT_EQ(hex(as_bytes("\x00\x0f\xf0\xff"sv)), "000ff0ff");
}

TEST(Base64Url, GoesBothWays) {
    // RFC 4648 10, without the padding
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff\xbf", "-_-_"},
    };
    for (const auto& [bytes, text] : cases) {
        EXPECT_EQ(base64url(as_bytes(bytes)), text);
        EXPECT_EQ(base64url_decode(text), bytes);
    }
    std::string all;
    for (int i = 0; i < 1000; ++i) {
        all += static_cast<char>(i * 37);
        EXPECT_EQ(base64url_decode(base64url(as_bytes(all))), all);
    }
}

TEST(Base64Url, RefusesOtherText) {
    for (const auto text : {"Z"sv, "Zm9vY"sv, "Zg=="sv, "Zm+v"sv, "Zm/v"sv, "Zm 9"sv, "Zm9\n"sv,
                            "Zm9\0"sv, "Zm9\xc3"sv})
        EXPECT_FALSE(base64url_decode(text)) << text;
}

// RFC 4648 3.5: each byte sequence has one text, so one token has no twins.
TEST(Base64Url, RefusesStrayBits) {
    EXPECT_FALSE(base64url_decode("Zh"));
    EXPECT_FALSE(base64url_decode("Zm9"));
}

TEST(WellFormedUtf8, LeavesGoodTextAlone) {
    for (const auto text : {""sv, "plain"sv, "\0\x7f"sv, "\u0080\u07ff\u0800\ud7ff\ue000\uffff"sv,
                            "\U00010000\U0010ffff"sv})
        EXPECT_EQ(well_formed_utf8(text), text);
}

TEST(WellFormedUtf8, ReplacesTheRest) {
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"\x80", "\ufffd"},
        {"a\xffz", "a\ufffdz"},
        {"caf\xe9", "caf\ufffd"},
        {"\xe9t\xe9", "\ufffdt\ufffd"},
        {"\xc0\xaf", "\ufffd\ufffd"},                      // longer than needed
        {"\xe0\x9f\xbf", "\ufffd\ufffd\ufffd"},            // longer than needed
        {"\xed\xa0\x80", "\ufffd\ufffd\ufffd"},            // a surrogate
        {"\xf4\x90\x80\x80", "\ufffd\ufffd\ufffd\ufffd"},  // above U+10FFFF
        {"\xf0\x9f\x98", "\ufffd\ufffd\ufffd"},            // cut
        {"\xe2\x82\u20ac", "\ufffd\ufffd\u20ac"},          // cut, then whole
    };
    for (const auto& [text, repaired] : cases)
        EXPECT_EQ(well_formed_utf8(text), repaired);
}

TEST(Hex, IsReadBack) {
    EXPECT_EQ(hex_decode(""), "");
    std::string bytes;
    for (int c = 0; c < 256; ++c)
        bytes += static_cast<char>(c);
    EXPECT_EQ(hex_decode(hex(as_bytes(bytes))), bytes);
}

TEST(Hex, OneValueHasOneText) {
    for (const auto* text : {"0", "0g", "g0", "AA", "aA", "0x", " 00", "00 ", "-1"})
        EXPECT_EQ(hex_decode(text), std::nullopt) << text;
}

}  // namespace
}  // namespace handin
