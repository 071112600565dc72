// Signatures of events. That others can verify them, tests/api/test_delivery.py shows.
#include "events/jws/rsa_key.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/encoding.hpp"
#include "events/sinks/https/https_sink.hpp"
#include "events/sinks/https/webhook_secret.hpp"

namespace handin::test {
namespace {

using events::RsaKey;

TEST(RsaKeyTest, IsTheSameAfterItWasWritten) {
    const auto key = RsaKey::generate();
    const auto again = RsaKey::from_pem(key.pem());
    EXPECT_EQ(again.id(), key.id());
    EXPECT_EQ(again.jwk(), key.jwk());
    EXPECT_EQ(events::jws(again, "{}"), events::jws(key, "{}"));  // the same bytes at every try
    EXPECT_NE(RsaKey::generate().id(), key.id());
    EXPECT_THROW(RsaKey::from_pem("nonsense"), std::runtime_error);
}

TEST(RsaKeyTest, CompactSerialization) {
    const auto key = RsaKey::generate();
    const auto token = events::jws(key, R"({"a":1})");
    const auto first = token.find('.');
    const auto header = base64url_decode(token.substr(0, first));
    EXPECT_EQ(header, R"({"alg":"RS256","kid":")" + key.id() + "\"}");
    const auto payload = token.substr(first + 1, token.rfind('.') - first - 1);
    EXPECT_EQ(base64url_decode(payload), R"({"a":1})");
    const auto jwk = boost::json::parse(key.jwk());
    EXPECT_EQ(jwk.at("e"), "AQAB");
    EXPECT_EQ(base64url_decode(std::string(jwk.at("n").as_string()))->size(), 256U);
}

// The example of the Standard Webhooks specification's test vectors.
TEST(WebhookTest, Signature) {
    EXPECT_EQ(events::webhook_signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                                        "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330",
                                        R"({"test": 2432232314})"),
              "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    EXPECT_THROW(events::webhook_signature("abc", "id", "1", ""), std::runtime_error);
    EXPECT_NE(events::new_webhook_secret(), events::new_webhook_secret());
}

TEST(HttpsTargetTest, Urls) {
    for (const auto* good :
         {"https://a.example", "https://a.example/", "https://a.example:8443/b?c=d",
          "https://[2001:db8::1]/", "https://192.0.2.1/@"})
        EXPECT_EQ(events::trouble_with_url(good), "") << good;
    for (const auto* bad : {"", "http://a.example/", "ftp://a.example/", "https://", "https:///a",
                            "https://:443/", "https://u:p@a.example/", "https://a.example/ b",
                            "https://a.example/\n", "https://a.example/\xc3\xad"})
        EXPECT_NE(events::trouble_with_url(bad), "") << bad;
    EXPECT_NE(events::trouble_with_url("https://a.example/" + std::string(2048, 'a')), "");
}

}  // namespace
}  // namespace handin::test
