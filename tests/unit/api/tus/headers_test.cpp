// Header fields of tus, as its specification has them and as clients get them wrong.
#include "api/tus/headers.hpp"

#include <gtest/gtest.h>

namespace handin::tus {
namespace {

TEST(TusHeaders, Bytes) {
    EXPECT_EQ(parse_bytes("0"), 0U);
    EXPECT_EQ(parse_bytes("007"), 7U);
    EXPECT_EQ(parse_bytes("9223372036854775807"), 9223372036854775807U);
    for (const auto* bad : {"", " 1", "1 ", "-1", "+1", "1.0", "0x1", "9223372036854775808",
                            "99999999999999999999999"})
        EXPECT_FALSE(parse_bytes(bad)) << bad;
}

TEST(TusHeaders, Metadata) {
    const struct {
        std::string_view text, filename, media_type;
    } good[] = {
        {"", "", ""},
        {"filename d29ybGQ=", "world", ""},
        {"filename d29ybGQ", "world", ""},  // without padding
        {"filename d29ybGRfZG9taW5hdGlvbl9wbGFuLnBkZg==,is_confidential",
         "world_domination_plan.pdf", ""},
        {" name bg== , type dC94 ", "n", "t/x"},
        {"name bg==,filename Zg==", "f", ""},
        {"filename", "", ""},
        {"filename w6Q=", "\xc3\xa4", ""},
    };
    for (const auto& c : good) {
        const auto parsed = parse_metadata(c.text);
        ASSERT_TRUE(parsed) << c.text;
        EXPECT_EQ(parsed->filename, c.filename);
        EXPECT_EQ(parsed->media_type, c.media_type);
    }
    for (const auto* bad : {",a YQ==", "a YQ==,,b YQ==", "a YQ==,a YQ==", "a Y",
                            "a Y-==", "a YQ=", "filename /w==", "filename AA==", "filename YQBi",
                            "type Cg==", "\xc3\xa4 YQ==", "a  YQ=="})
        EXPECT_FALSE(parse_metadata(bad)) << bad;
    EXPECT_FALSE(parse_metadata("a " + std::string(8192, 'A')));
    EXPECT_FALSE(parse_metadata("filename " + std::string(1400, 'Y')));
}

TEST(TusHeaders, Checksum) {
    using enum Checksum::Algorithm;
    const auto parsed = parse_checksum("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=");
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->algorithm, sha1);
    Checksum checksum(sha1);
    checksum.update(
        std::span<const std::uint8_t>(reinterpret_cast<const std::uint8_t*>("hello world"), 11));
    EXPECT_EQ(checksum.finish(), parsed->digest);
    EXPECT_EQ(parse_checksum("md5 XrY7u+Ae7tCTyyK7j1rNww==")->algorithm, md5);
    for (const auto* bad : {"", "sha1", "sha1 ", "sha1 Kq5s", "SHA1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=",
                            "crc32 AAAAAA==", "md5 Kq5sNclPz7QV2+lfQIuc6R7oRu0="})
        EXPECT_FALSE(parse_checksum(bad)) << bad;
}

TEST(TusHeaders, Concat) {
    const std::string a = "01a20b8c-7a5d-7632-a44e-b1f218b8dc04";
    EXPECT_EQ(parse_concat("partial"), Concat{});
    const auto parsed =
        parse_concat("final;/api/handin/v1/uploads/" + a + "  https://h:1/api/uploads/" + a);
    ASSERT_TRUE(parsed);
    EXPECT_TRUE(parsed->final);
    EXPECT_EQ(parsed->parts, (std::vector<Uuid>(2, *Uuid::parse(a))));
    for (const auto& bad : {std::string(), std::string("final"), std::string("final;"),
                            std::string("Partial"), "final;" + a, "final;/uploads/x" + a,
                            "final;/downloads/" + a, "final;/uploads/" + a + "?x"})
        EXPECT_FALSE(parse_concat(bad)) << bad;
}

}  // namespace
}  // namespace handin::tus
