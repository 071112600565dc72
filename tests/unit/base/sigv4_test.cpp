// Against what AWS publishes: the "AWS Signature Version 4 test suite" (aws-sig-v4-test-suite, also
// in awslabs/aws-c-auth, tests/aws-signing-test-suite) and the examples of the Amazon S3 API
// Reference, "Signature Calculations for the Authorization Header" (sig-v4-header-based-auth.html).
#include "base/sigv4.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "base/hash.hpp"

namespace handin::test {
namespace {

const AwsCredentials kSuite{.access_key_id = "AKIDEXAMPLE",
                            .secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"};
const AwsScope kService{.region = "us-east-1", .service = "service"};
// 2015-08-30T12:36:00Z
constexpr Time kSuiteTime{std::chrono::seconds(1'440'938'160)};

std::string hash_of(std::string_view payload) {
    return hex(sha256(payload));
}

std::string value_of(const NamedValues& headers, std::string_view name) {
    for (const auto& [key, value] : headers)
        if (key == name) return value;
    return {};
}

std::string signature_of(const NamedValues& headers) {
    const auto text = value_of(headers, "Authorization");
    return text.substr(text.rfind('=') + 1);
}

AwsRequest suite(std::string method, std::string path, NamedValues query = {},
                 NamedValues headers = {}, std::string_view payload = "") {
    return {.method = std::move(method),
            .host = "example.amazonaws.com",
            .path = std::move(path),
            .query = std::move(query),
            .headers = std::move(headers),
            .payload_hash = hash_of(payload)};
}

TEST(SigV4, SignsAsTheSuiteDoes) {
    const std::string unreserved =
        "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const struct {
        std::string name;
        AwsRequest request;
        std::string signature;
    } cases[] = {
        {"get-vanilla", suite("GET", "/"),
         "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
        {"post-vanilla", suite("POST", "/"),
         "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
        {"get-vanilla-query-order-key-case",
         suite("GET", "/", {{"Param2", "value2"}, {"Param1", "value1"}}),
         "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
        {"get-vanilla-query-order-value",
         suite("GET", "/", {{"Param1", "value2"}, {"Param1", "value1"}}),
         "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694"},
        {"get-vanilla-query-unreserved", suite("GET", "/", {{unreserved, unreserved}}),
         "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"},
        {"get-vanilla-utf8-query", suite("GET", "/", {{"ሴ", "bar"}}),
         "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"},
        {"get-utf8", suite("GET", "/ሴ"),
         "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
        {"get-header-value-trim",
         suite("GET", "/", {}, {{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}}),
         "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
        {"get-header-key-duplicate",
         suite("GET", "/", {},
               {{"My-Header1", "value2"}, {"My-Header1", "value2"}, {"My-Header1", "value1"}}),
         "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"},
        {"post-x-www-form-urlencoded",
         suite("POST", "/", {}, {{"Content-Type", "application/x-www-form-urlencoded"}},
               "Param1=value1"),
         "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
    };
    for (const auto& [name, request, signature] : cases)
        EXPECT_EQ(signature_of(aws_signed_headers(request, kService, kSuite, kSuiteTime)),
                  signature)
            << name;
}

// post-sts-header-before
TEST(SigV4, SignsTheSessionToken) {
    auto credentials = kSuite;
    credentials.session_token =
        "AQoDYXdzEPT//////////"
        "wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpS"
        "PfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/"
        "kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDY"
        "wT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+"
        "scqK"
        "mlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";
    const auto headers = aws_signed_headers(suite("POST", "/"), kService, credentials, kSuiteTime);
    EXPECT_EQ(value_of(headers, "X-Amz-Security-Token"), credentials.session_token);
    EXPECT_EQ(signature_of(headers),
              "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead");
}

TEST(SigV4, SignsAsTheS3ReferenceDoes) {
    const AwsCredentials credentials{
        .access_key_id = "AKIAIOSFODNN7EXAMPLE",
        .secret_access_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"};
    const AwsScope scope{.region = "us-east-1", .service = "s3"};
    constexpr Time time{std::chrono::seconds(1'369'353'600)};  // 2013-05-24
    const std::string host = "examplebucket.s3.amazonaws.com";
    const struct {
        AwsRequest request;
        std::string target, signature;
    } cases[] = {
        {{.method = "GET",
          .host = host,
          .path = "/test.txt",
          .headers = {{"Range", "bytes=0-9"}},
          .payload_hash = hash_of("")},
         "/test.txt",
         "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
        {{.method = "PUT",
          .host = host,
          .path = "/test$file.text",
          .headers = {{"Date", "Fri, 24 May 2013 00:00:00 GMT"},
                      {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
          .payload_hash = hash_of("Welcome to Amazon S3.")},
         "/test%24file.text",
         "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
        {{.method = "GET",
          .host = host,
          .path = "/",
          .query = {{"lifecycle", ""}},
          .payload_hash = hash_of("")},
         "/?lifecycle=",
         "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
        {{.method = "GET",
          .host = host,
          .path = "/",
          .query = {{"prefix", "J"}, {"max-keys", "2"}},
          .payload_hash = hash_of("")},
         "/?max-keys=2&prefix=J",
         "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
    };
    for (const auto& [request, target, signature] : cases) {
        EXPECT_EQ(aws_target(request), target);
        const auto headers = aws_signed_headers(request, scope, credentials, time);
        EXPECT_EQ(signature_of(headers), signature) << target;
        EXPECT_EQ(value_of(headers, "X-Amz-Date"), "20130524T000000Z");
        EXPECT_EQ(value_of(headers, "X-Amz-Content-Sha256"), request.payload_hash);
        EXPECT_EQ(value_of(headers, "Host"), "");
    }
}

TEST(SigV4, EncodesWhatUrlsDoNotTake) {
    EXPECT_EQ(uri_encode("a b+c/ü~%"), "a%20b%2Bc%2F%C3%BC~%25");
    EXPECT_EQ(uri_encode("a b+c/ü~%", true), "a%20b%2Bc/%C3%BC~%25");
    EXPECT_EQ(aws_target({.method = "GET",
                          .host = "h",
                          .path = "/a b+",
                          .query = {{"uploadId", "x=/"}, {"partNumber", "2"}, {"A", "ä b"}}}),
              "/a%20b%2B?A=%C3%A4%20b&partNumber=2&uploadId=x%3D%2F");
}

}  // namespace
}  // namespace handin::test
