// Keys and signatures against RFC 8032 and RFC 8037; what is no key is refused with a reason.
#include "receipt/keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.hpp"

namespace handin::test {
namespace {

using receipt::SigningKey;
using receipt::SigningPublicKey;
using testing::HasSubstr;

template <std::size_t N>
std::array<std::uint8_t, N> bytes(const std::optional<std::string>& text) {
    std::array<std::uint8_t, N> value{};
    EXPECT_EQ(text.value().size(), N);
    std::ranges::copy(*text, value.begin());
    return value;
}

// RFC 8037 appendix A
constexpr auto kX = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
const auto kKey = bytes<32>(base64url_decode(kX));
// The same key as PKCS #8 (RFC 8410): the prefix of all of them and the RFC's d.
constexpr auto kPem = R"(-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
)";

TEST(ReceiptKeys, ThumbprintOfRfc8037) {
    EXPECT_EQ(receipt::jwk(kKey),
              std::string(R"({"crv":"Ed25519","kty":"OKP","x":")") + kX + "\"}");
    EXPECT_EQ(receipt::key_id(kKey), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

TEST(ReceiptKeys, SignatureOfRfc8037) {
    const auto key = SigningKey::from_pem(kPem);
    EXPECT_EQ(key.public_key(), kKey);
    const std::string signed_text = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    const auto signature = key.sign(signed_text);
    EXPECT_EQ(base64url(signature),
              "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt"
              "9g7sVvpAr_MuM0KAg");
    EXPECT_TRUE(receipt::verify(kKey, signature, signed_text));
    EXPECT_FALSE(receipt::verify(kKey, signature, signed_text + " "));
}

// RFC 8032 7.1, TEST 1 and TEST 3
TEST(ReceiptKeys, SignaturesOfRfc8032) {
    EXPECT_TRUE(receipt::verify(
        bytes<32>(hex_decode("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")),
        bytes<64>(hex_decode("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb88"
                             "21590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")),
        ""));
    EXPECT_TRUE(receipt::verify(
        bytes<32>(hex_decode("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025")),
        bytes<64>(hex_decode("6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9"
                             "b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")),
        hex_decode("af82").value()));
}

TEST(ReceiptKeys, SurviveTheirFile) {
    const auto made = SigningKey::generate();
    const auto read = SigningKey::from_pem(made.pem());
    EXPECT_EQ(read.public_key(), made.public_key());
    EXPECT_EQ(read.pem(), made.pem());
    EXPECT_TRUE(receipt::verify(made.public_key(), read.sign("text"), "text"));
    EXPECT_NE(SigningKey::generate().public_key(), made.public_key());
}

TEST(ReceiptKeys, WhatIsNoKeyIsRefused) {
    const std::string good = SigningKey::generate().pem();
    // An EC key of P-256, made with openssl genpkey.
    const std::string other = R"(-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgBmSB16ikSZ2Mr3if
s52DZb46O3ZZ5wXzZU0mGndVLWahRANCAATOeWBOnKKbfMWM0GtKwwmp+t20SKf4
vOJOQAdAKl+qJcmcxAC4n6SuPtDkv57BzWzirUdPBKHSYwNTnnLChg6r
-----END PRIVATE KEY-----
)";
    for (const auto& text : {std::string(), std::string("key"), good.substr(0, 60), other}) {
        try {
            SigningKey::from_pem(text);
            FAIL() << text;
        } catch (const std::runtime_error& error) {
            EXPECT_THAT(error.what(), HasSubstr("expected an Ed25519 private key"));
        }
    }
}

TEST(ReceiptKeys, KeySetIsReadBack) {
    std::vector<SigningPublicKey> keys;
    EXPECT_EQ(receipt::jwks(keys), R"({"keys":[]})");
    EXPECT_EQ(receipt::parse_jwks(receipt::jwks(keys)).value(), keys);
    for (int i = 0; i < 3; ++i)
        keys.push_back(SigningKey::generate().public_key());
    EXPECT_EQ(receipt::parse_jwks(receipt::jwks(keys)).value(), keys);
}

TEST(ReceiptKeys, OtherKeysOfASetArePassedOver) {
    const auto set = std::string(R"({"more":1,"keys":[{"kty":"RSA","n":"x"},{"kty":"OKP",)") +
                     R"("crv":"X25519","x":"AA"},7,{"kty":"OKP","crv":"Ed25519","x":")" + kX +
                     R"(","kid":"whatever"}]})";
    EXPECT_EQ(receipt::parse_jwks(set).value(), std::vector{kKey});
}

TEST(ReceiptKeys, WhatIsNoKeySetIsRefused) {
    const struct {
        std::string text, told;
    } cases[] = {
        {"", "not JSON"},
        {"[]", "no list of keys"},
        {"{}", "no list of keys"},
        {R"({"keys":{}})", "no list of keys"},
        {R"({"keys":[{"kty":"OKP","crv":"Ed25519"}]})", "32 bytes"},
        {R"({"keys":[{"kty":"OKP","crv":"Ed25519","x":"AAAA"}]})", "32 bytes"},
        {R"({"keys":[{"kty":"OKP","crv":"Ed25519","x":"+++"}]})", "32 bytes"},
    };
    for (const auto& c : cases) {
        const auto keys = receipt::parse_jwks(c.text);
        ASSERT_FALSE(keys) << c.text;
        EXPECT_THAT(keys.error(), HasSubstr(c.told));
    }
}

}  // namespace
}  // namespace handin::test
