// What the S3 engine reads and computes, without a server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "blob/s3/address.hpp"
#include "blob/s3/pieces.hpp"
#include "blob/s3/xml.hpp"
#include "support/temporary_folder.hpp"

namespace handin::test {
namespace {

using namespace blob::s3;
using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(S3Address, ReadsUrls) {
    ::unsetenv("AWS_REGION");
    const auto swift =
        parse_address("s3://essays/a/b/?endpoint=http%3A//10.0.0.1:8080/&region=eu-1");
    EXPECT_EQ(swift.scheme, "http");
    EXPECT_EQ(swift.host, "10.0.0.1:8080");
    EXPECT_EQ(swift.bucket, "essays");
    EXPECT_EQ(swift.prefix, "a/b/");
    EXPECT_EQ(swift.region, "eu-1");
    EXPECT_FALSE(swift.virtual_host);
    EXPECT_EQ(swift.shown(), "s3://essays/a/b/");

    const auto amazon = parse_address("s3://essays?region=eu-west-2");
    EXPECT_EQ(amazon.scheme, "https");
    EXPECT_EQ(amazon.host, "essays.s3.eu-west-2.amazonaws.com");
    EXPECT_EQ(amazon.prefix, "");
    EXPECT_TRUE(amazon.virtual_host);

    const auto other = parse_address("s3://essays?endpoint=https://s3.example:443&style=virtual");
    EXPECT_EQ(other.host, "essays.s3.example");
    EXPECT_EQ(other.region, "us-east-1");
}

TEST(S3Address, RefusesWhatItDoesNotUnderstand) {
    for (const char* url :
         {"s3://", "s3:///x", "s3://Bucket", "s3://ab", "s3://essays?endpoint=10.0.0.1",
          "s3://essays?endpoint=ftp://x", "s3://essays?endpoint=http://",
          "s3://essays?endpoint=http://x/y", "s3://essays?endpoint=http://u@x",
          "s3://essays?style=odd", "s3://essays?secret=x", "s3://essays?region="})
        EXPECT_THAT([&] { parse_address(url); },
                    ThrowsMessage<std::runtime_error>(HasSubstr("--blobs: ")))
            << url;
}

TEST(S3Xml, ReadsWhatS3Answers) {
    const auto failure = parse_failure(
        "<?xml version='1.0'?>\n<Error><Code>SlowDown</Code><Message>Wait &amp; "
        "see</Message></Error>");
    EXPECT_EQ(failure.code, "SlowDown");
    EXPECT_EQ(failure.message, "Wait & see");
    EXPECT_EQ(parse_failure("<html>").code, "");

    const auto listing = parse_listing(
        "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><IsTruncated>true"
        "</IsTruncated><NextContinuationToken>t</NextContinuationToken><Contents><Key>a&lt;b</Key>"
        "<LastModified>2026-11-25T02:01:57.123Z</LastModified><Size>7</Size></Contents>"
        "<CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes></ListBucketResult>");
    ASSERT_TRUE(listing);
    ASSERT_EQ(listing->objects.size(), 1U);
    EXPECT_EQ(listing->objects[0].key, "a<b");
    EXPECT_EQ(listing->objects[0].size, 7U);
    EXPECT_EQ(iso_seconds(listing->objects[0].modified), "2026-11-25T02:01:57Z");
    EXPECT_EQ(listing->prefixes, std::vector<std::string>{"p/"});
    EXPECT_EQ(listing->next, "t");

    const auto pending = parse_pending(
        "<ListMultipartUploadsResult><Upload><Key>k</Key><UploadId>u</UploadId><Initiated>"
        "2026-11-25T02:01:57Z</Initiated></Upload></ListMultipartUploadsResult>");
    ASSERT_TRUE(pending);
    EXPECT_EQ(pending->uploads.at(0).upload_id, "u");
    EXPECT_EQ(parse_upload_id("<InitiateMultipartUploadResult><UploadId>u</UploadId>"
                              "</InitiateMultipartUploadResult>"),
              "u");
    EXPECT_EQ(parse_etag("  <CopyPartResult><ETag>\"e\"</ETag></CopyPartResult>"), "\"e\"");
    EXPECT_EQ(complete_body({"\"a\"", "b&<"}),
              "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>\"a\"</ETag></Part>"
              "<Part><PartNumber>2</PartNumber><ETag>b&amp;&lt;</ETag></Part>"
              "</CompleteMultipartUpload>");
}

TEST(S3Xml, TakesNothingElse) {
    for (const char* xml :
         {"", "<", "<Error/>",
          "<ListBucketResult><Contents><Key>a</Key></Contents></ListBucketResult>",
          "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
          "<ListBucketResult><Contents><Size>-1</Size><LastModified>2026-11-25T02:01:57Z"
          "</LastModified></Contents></ListBucketResult>"})
        EXPECT_FALSE(parse_listing(xml)) << xml;
    EXPECT_FALSE(
        parse_pending("<ListMultipartUploadsResult><Upload/></ListMultipartUploadsResult>"));
    EXPECT_FALSE(parse_upload_id("<InitiateMultipartUploadResult/>"));
    EXPECT_FALSE(parse_etag("<Error><ETag>x</ETag></Error>"));
}

const Uuid kFile = *Uuid::parse("01a20b8c-7a5d-7632-a44e-b1f218b8dc04");
const Uuid kFirst = *Uuid::parse("01a20b8c-7a5d-7000-8000-000000000001");
const Uuid kLater = *Uuid::parse("01a20b8c-7a5e-7000-8000-000000000002");

TEST(S3Pieces, HaveNames) {
    const auto piece = piece_of(kFile, 2 * kPartBytes, 77, kFirst);
    EXPECT_EQ(piece.key,
              "partial/01a20b8c-7a5d-7632-a44e-b1f218b8dc04/0000000001000000-000000000000004d-"
              "01a20b8c-7a5d-7000-8000-000000000001");
    const auto read = parse_piece(piece.key);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->offset, piece.offset);
    EXPECT_EQ(read->size, piece.size);
    EXPECT_EQ(read->writer, piece.writer);
    for (const std::string_view name :
         {"", "x", "0000000000000001-000000000000004d-", "0000000000000000-0000000000000000-",
          "0000000000000000-0000000000800001-", "000000000000000g-1-"})
        EXPECT_FALSE(parse_piece("partial/x/" + std::string(name) + kFirst.str())) << name;
}

// What the latest writer has sent counts, and only if it is enough.
TEST(S3Pieces, FormAChain) {
    const auto at = [](std::uint64_t place, std::uint64_t size, const Uuid& writer) {
        return piece_of(kFile, place * kPartBytes, size, writer);
    };
    const std::vector<Piece> pieces{
        at(0, 100, kFirst),        at(0, kPartBytes, kFirst), at(1, 50, kFirst),
        at(1, kPartBytes, kFirst), at(1, 70, kLater),         at(1, kPartBytes, kLater),
        at(2, kPartBytes, kFirst), at(2, 10, kLater),         at(4, 10, kLater)};
    const auto sizes = [&](std::uint64_t length) {
        std::vector<std::pair<std::uint64_t, bool>> seen;  // size, by the later writer
        for (const auto& piece : chain_of(pieces, length).value_or(std::vector<Piece>{}))
            seen.emplace_back(piece.size, piece.writer == kLater);
        return seen;
    };
    using Seen = decltype(sizes(0));
    EXPECT_EQ(sizes(0), Seen());
    EXPECT_EQ(sizes(100), (Seen{{100, false}}));
    EXPECT_EQ(sizes(101), (Seen{{kPartBytes, false}}));
    EXPECT_EQ(sizes(kPartBytes + 60), (Seen{{kPartBytes, false}, {70, true}}));
    EXPECT_EQ(sizes(kPartBytes + 71), (Seen{{kPartBytes, false}, {kPartBytes, true}}));
    EXPECT_EQ(sizes(2 * kPartBytes + 10),
              (Seen{{kPartBytes, false}, {kPartBytes, true}, {10, true}}));
    EXPECT_EQ(sizes(2 * kPartBytes + 11),
              (Seen{{kPartBytes, false}, {kPartBytes, true}, {kPartBytes, false}}));
    EXPECT_FALSE(chain_of(pieces, 3 * kPartBytes + 1));
}

}  // namespace
}  // namespace handin::test
