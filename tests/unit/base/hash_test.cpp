#include "base/hash.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/encoding.hpp"

namespace handin {
namespace {

FileHash::Digests digests_of(std::string_view text, std::size_t piece) {
    FileHash hash;
    for (std::size_t at = 0; at < text.size(); at += piece)
        hash.update(as_bytes(text.substr(at, piece)));
    return hash.finish();
}

TEST(FileHash, KnowsBothHashesHoweverTheBytesCome) {
    // FIPS 180-2 appendices A and B
    const std::string million(1'000'000, 'a');
    const struct {
        std::string_view text, sha1, sha256;
    } cases[] = {
        {"", "da39a3ee5e6b4b0d3255bfef95601890afd80709",
         "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "a9993e364706816aba3e25717850c26c9cd0d89d",
         "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {million, "34aa973cd4c4daa4f61eeb2bdbad27316534016f",
         "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
    };
    for (const auto& [text, sha1_text, sha256_text] : cases) {
        for (const std::size_t piece : {std::size_t{1}, std::size_t{63}, std::size_t{1} << 20U}) {
            const auto digests = digests_of(text, piece);
            EXPECT_EQ(hex(digests.sha1), sha1_text);
            EXPECT_EQ(hex(digests.sha256), sha256_text);
        }
        EXPECT_EQ(hex(sha256(text)), sha256_text);
    }
}

TEST(FileHash, TakesEmptyPiecesAndMoves) {
    FileHash first;
    first.update({});
    first.update(as_bytes("a"));
    FileHash second(std::move(first));
    second.update({});
    second.update(as_bytes("bc"));
    EXPECT_EQ(second.finish().sha256, sha256("abc"));
}

TEST(HmacSha256, MatchesRfc4231) {
    EXPECT_EQ(hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    EXPECT_EQ(hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(hex(hmac_sha256(std::string(131, '\xaa'),
                              "Test Using Larger Than Block-Size Key - Hash Key First")),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    EXPECT_EQ(hex(hmac_sha256({}, {})),
              "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(EqualInConstantTime, Compares) {
    EXPECT_TRUE(equal_in_constant_time("", ""));
    EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
    EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
    EXPECT_FALSE(equal_in_constant_time("abc", "ab"));
    EXPECT_FALSE(equal_in_constant_time("abc", {}));
}

TEST(Hash, OfPiecesIsThatOfTheWhole) {
    Sha256 hash;
    for (const std::string_view piece : {"a", "", "bc"})
        hash.update(as_bytes(piece));
    EXPECT_EQ(hash.finish(), sha256("abc"));
}

TEST(Hash, JoinedPartsAreOneText) {
    EXPECT_EQ(sha256_joined({}), sha256(""));
    EXPECT_EQ(sha256_joined({"a", "", "bc"}), sha256("abc"));
    EXPECT_EQ(sha256_joined({"", "abc"}), sha256("abc"));  // nothing is left of the one before
}

}  // namespace
}  // namespace handin
