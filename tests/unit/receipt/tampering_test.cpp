// No change of a receipt goes unnoticed: every bit of every byte, every byte left out, every byte
// put in, every part exchanged for that of another receipt (issue 3, point 3).
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "receipt/canonical_json.hpp"
#include "receipt/sealed.hpp"

namespace handin::test {
namespace {

namespace json = boost::json;

bool holds(const std::string& text) {
    const auto receipt = receipt::parse(text);
    return receipt && receipt::check(*receipt);
}

std::string a_receipt() {
    auto named = a_file("essay");
    named.attachment.title = "Ünïcode \"quoted\"\n.pdf";
    static const Sealed sealed({list(a_file("one")), list(named, a_link(), a_text()),
                                list(a_file("three")), list(a_file("four")), list(a_file("five"))});
    return receipt::render(sealed.receipt(1));
}

bool is_white(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

TEST(Tampering, EveryFlippedBitIsFound) {
    const auto good = a_receipt();
    ASSERT_TRUE(holds(good));
    for (std::size_t at = 0; at < good.size(); ++at)
        for (unsigned bit = 0; bit < 8; ++bit) {
            auto bad = good;
            bad[at] = static_cast<char>(static_cast<unsigned char>(bad[at]) ^ 1U << bit);
            EXPECT_FALSE(holds(bad)) << "bit " << bit << " of byte " << at;
        }
}

TEST(Tampering, EveryByteThatIsReplacedMissingOrAddedIsFound) {
    const auto good = a_receipt();
    for (std::size_t at = 0; at < good.size(); ++at) {
        EXPECT_FALSE(holds(std::string(good).erase(at, 1))) << "without byte " << at;
        for (const char c : {'0', '1', 'a', 'A', '"', '\\', ' ', '\0', '\x80', '}', ',', '-'}) {
            auto replaced = good;
            replaced[at] = c;
            if (c != good[at]) EXPECT_FALSE(holds(replaced)) << "byte " << at << " is " << c;
            const auto added = std::string(good).insert(at, 1, c);
            // White space between tokens is the one thing that means nothing.
            if (!is_white(c) || receipt::without_white_space(added) != good)
                EXPECT_FALSE(holds(added)) << c << " before byte " << at;
        }
    }
}

TEST(Tampering, LetterCaseIsFound) {
    auto good = a_receipt();
    for (std::size_t at = 0; at < good.size(); ++at) {
        auto bad = good;
        bad[at] = static_cast<char>(std::toupper(static_cast<unsigned char>(bad[at])));
        if (bad != good) EXPECT_FALSE(holds(bad)) << "byte " << at;
    }
}

// Exchanging a value, or a member of an inner object, for that of another true receipt.
TEST(Tampering, PartsOfAnotherReceiptAreFound) {
    const auto key = receipt::SigningKey::generate().pem();
    const Sealed one(plain_attempts(5), receipt::SigningKey::from_pem(key));
    const Sealed two(plain_attempts(6), receipt::SigningKey::from_pem(key));
    const auto mine = json::parse(receipt::render(one.receipt(1))).as_object();
    ASSERT_TRUE(holds(json::serialize(mine)));
    for (const auto& other : {one.receipt(2), two.receipt(1)}) {
        const auto theirs = json::parse(receipt::render(other)).as_object();
        int exchanged = 0;
        const auto expect_found = [&](const json::object& bad, std::string_view what) {
            if (bad == mine) return;
            ++exchanged;
            EXPECT_FALSE(holds(json::serialize(bad))) << what;
        };
        for (const auto& [name, value] : mine) {
            auto bad = mine;
            bad[name] = theirs.at(name);
            expect_found(bad, name);
            if (!value.is_object()) continue;
            for (const auto& member : value.get_object()) {
                auto inner = mine;
                inner[name].as_object()[member.key()] =
                    theirs.at(name).as_object().at(member.key());
                expect_found(inner, member.key());
            }
        }
        EXPECT_GE(exchanged, 6);
    }
}

RC_GTEST_PROP(Tampering, AnyOtherBytesAreFound, ()) {
    auto bad = a_receipt();
    const auto at = *rc::gen::inRange<std::size_t>(0, bad.size());
    const auto length = *rc::gen::inRange<std::size_t>(0, 8);
    const auto put = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
    bad.replace(at, length, put);
    RC_PRE(receipt::without_white_space(bad) != a_receipt());
    RC_ASSERT(!holds(bad));
}

}  // namespace
}  // namespace handin::test
