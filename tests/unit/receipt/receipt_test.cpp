// Statements, sealed batches, and receipts as JSON (docs/receipts.md).
#include "receipt/receipt.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "receipt/canonical_json.hpp"
#include "receipt/merkle.hpp"
#include "receipt/sealed.hpp"
#include "support/same.hpp"

namespace handin::test {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;

TEST(Statement, IsWrittenInOneForm) {
    School school;
    domain::Attempt attempt{.id = id_of("attempt"),
                            .submission_id = id_of("submission"),
                            .number = 3,
                            .actor_id = school.student,
                            .received_at = from_micros(1'754'435'125'419'083),
                            .submitted_at = from_micros(1'754'435'125'000'000),
                            .committed_at = from_micros(1'754'435'125'420'001),
                            .attachments = {}};
    auto file = a_file("hello\n").attachment;
    file.title = "a \"b\"\\\n\x01\x7fü𝄞\xff";
    auto text = a_text("").attachment;
    text.title = "";
    attempt.attachments = {file, a_link("https://example.org/?a=b").attachment, text};
    const auto subject = subject_of(school, school.student);
    EXPECT_EQ(
        receipt::statement(subject, attempt),
        R"({"account_id":")" + school.account_id.str() + R"(","actor_id":")" +
            school.student.str() + R"(","assignment_id":")" + school.assignment_id.str() +
            R"(","attachments":[{"kind":"file","sha256":")"
            R"(5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03","size":6,"title":)"
            "\"a \\\"b\\\"\\\\\\n\\u0001\x7fü𝄞\xef\xbf\xbd\"},"
            R"({"kind":"link","title":"","url":"https://example.org/?a=b"},)"
            R"({"kind":"text","sha256":")"
            R"(e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","size":0,)"
            R"("title":""}],"attempt":3,"attempt_id":")" +
            attempt.id.str() + R"(","class_id":")" + school.class_id.str() +
            R"(","committed_at":"2025-08-05T23:05:25.420001Z","person_id":")" +
            school.student.str() + R"(","received_at":"2025-08-05T23:05:25.419083Z",)" +
            R"("submission_id":")" + attempt.submission_id.str() +
            R"(","submitted_at":"2025-08-05T23:05:25.000000Z"})");
    attempt.actor_id.reset();
    attempt.attachments.clear();
    const auto without = receipt::statement(subject, attempt);
    EXPECT_THAT(without, HasSubstr(R"("actor_id":null,)"));
    EXPECT_THAT(without, HasSubstr(R"("attachments":[],)"));
}

TEST(CanonicalJson, WhiteSpaceIsDroppedBetweenTokensOnly) {
    EXPECT_EQ(receipt::without_white_space(" {\n\t\"a b\" :\r [ 1 , \" \\\" \\\\\" ] } \n"),
              "{\"a b\":[1,\" \\\" \\\\\"]}");
    EXPECT_EQ(receipt::without_white_space(""), "");
}

TEST(Sealer, EveryAttemptOfABatchHasAReceipt) {
    for (const std::size_t size : {1U, 2U, 3U, 7U, 8U, 100U}) {
        const Sealed sealed(plain_attempts(size));
        ASSERT_TRUE(sealed.batch);
        EXPECT_EQ(sealed.batch->leaves.size(), size);
        std::set<domain::Salt> salts;
        for (std::size_t i = 0; i < size; ++i) {
            const auto receipt = sealed.receipt(i);
            EXPECT_EQ(receipt.index, i);
            EXPECT_EQ(receipt.batch.committed_at, sealed.now);
            EXPECT_TRUE(receipt::check(receipt)) << i << " of " << size;
            salts.insert(receipt.salt);
        }
        EXPECT_EQ(salts.size(), size);
    }
}

TEST(Sealer, ABatchWithoutAttemptsIsNotSigned) {
    EXPECT_FALSE(Sealed({}).batch);
    School school;
    const receipt::Sealer sealer(receipt::SigningKey::generate());
    domain::Changes* const all[] = {&school.rows};
    EXPECT_FALSE(sealer.seal(all));
}

TEST(Receipt, IsReadBackAsItWasWritten) {
    auto odd = a_file("odd");
    odd.attachment.title = "\"\\\b\f\n\r\t\x1f\0é€𝄞"s;
    const Sealed sealed({list(a_file(), a_link(), a_text()), list(odd), list(a_file("x"))});
    for (std::size_t i = 0; i < 3; ++i) {
        const auto text = receipt::render(sealed.receipt(i));
        const auto read = receipt::parse(text);
        ASSERT_TRUE(read) << read.error();
        EXPECT_EQ(receipt::render(*read), text);
        EXPECT_TRUE(receipt::check(*read));
        EXPECT_TRUE(same(read->path, sealed.receipt(i).path));
        EXPECT_EQ(read->attempt.id, sealed.changes.at(i).attempts.at(0).id);
    }
}

TEST(Receipt, MayBeLaidOutDifferently) {
    auto text = receipt::render(Sealed(plain_attempts(3)).receipt(1));
    std::string wide = "\r\n ";
    for (const char c : text) {
        wide += c;
        if (c == ',' || c == '{' || c == '[') wide += "\n\t ";
    }
    EXPECT_TRUE(receipt::parse(wide + "\n"));
}

// `text` with the first `from` replaced.
std::string with(std::string text, std::string_view from, std::string_view to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

TEST(Receipt, WhatHandinWouldNotWriteIsRefused) {
    const auto good = receipt::render(Sealed(plain_attempts(3)).receipt(1));
    const auto odd = "as handin writes it";
    const struct {
        std::string text, told;
    } cases[] = {
        {"", "not JSON"},
        {good + "x", "not JSON"},
        {good + good, "not JSON"},
        {"\xef\xbb\xbf" + good, "not JSON"},
        {"[]", "the receipt: expected an object"},
        {"{}", "type is missing"},
        {with(good, "handin.receipt.v1", "handin.receipt.v2"), "only handin.receipt.v1"},
        {with(good, "{", R"({"also":1,)"), odd},
        {with(good, R"("index":1)", R"("index":1,"index":1)"), odd},
        {with(good, R"("index":1)", R"("index":2,"index":1)"), odd},
        {with(good, R"("index":1)", R"("index":1.0)"), "index: expected a whole number"},
        {with(good, R"("index":1)", R"("index":-1)"), "index: expected a whole number"},
        {with(good, R"("index":1)", R"("index":1e0)"), "index: expected a whole number"},
        {with(good, R"("index":1)", R"("index":"1")"), "index: expected a whole number"},
        {with(good, R"("kind":"file")", R"("kind":"fi\u006ce")"), odd},
        {with(good, R"("kind":"file")", R"("kind":"film")"), "attachments[0].kind: expected file"},
        {with(good, R"("kind":"file")", R"("kind":"link")"), "attachments[0].url is missing"},
        {with(good, R"("title":)", R"("also":null,"title":)"), odd},
        {with(good, R"("crv":"Ed25519")", R"("crv":"Ed448")"), odd},
        {with(good, R"("attempt":2)", R"("attempt":4294967296)"), "smaller number"},
        {with(good, R"("path":[)", R"("path":["aa",)"), "path[0]: expected 32 bytes"},
        {with(good, R"("path":[)", R"("path":{"a":[)"), "not JSON"},
        {with(good, R"("salt":")", R"("salt":"0)"), "salt: expected 16 bytes"},
        {with(good, R"("actor_id":")", R"("actor_id":"x)"), "actor_id: expected a UUID"},
        {with(good, R"("key_id":")", R"("key_id":"x)"), "not the name of the key"},
        {with(good, R"("committed_at":")", R"("committed_at":"2)"), "expected a time"},
    };
    ASSERT_TRUE(receipt::parse(good));
    for (const auto& c : cases) {
        const auto read = receipt::parse(c.text);
        ASSERT_FALSE(read) << c.text;
        EXPECT_THAT(read.error(), HasSubstr(c.told)) << c.text;
    }
}

TEST(Receipt, WhatWasChangedIsTold) {
    const Sealed sealed(plain_attempts(5));
    const auto told = [&](auto change) {
        auto receipt = sealed.receipt(2);
        change(receipt);
        const auto result = receipt::check(receipt);
        return result ? std::string("nothing") : result.error();
    };
    EXPECT_EQ(told([](auto&) {}), "nothing");
    EXPECT_THAT(told([](auto& r) { r.attempt.number = 9; }), HasSubstr("not in the signed batch"));
    EXPECT_THAT(told([](auto& r) { r.index = 3; }), HasSubstr("not in the signed batch"));
    EXPECT_THAT(told([](auto& r) { r.salt[0] ^= 1; }), HasSubstr("not in the signed batch"));
    EXPECT_THAT(told([](auto& r) { r.path.pop_back(); }), HasSubstr("does not fit"));
    EXPECT_THAT(told([](auto& r) { r.index = 5; }), HasSubstr("does not fit"));
    EXPECT_THAT(told([](auto& r) { r.batch.id = id_of("x"); }), HasSubstr("signature"));
    EXPECT_THAT(told([](auto& r) { r.signature[63] ^= 1; }), HasSubstr("signature"));
    EXPECT_THAT(told([](auto& r) { r.batch.committed_at += std::chrono::microseconds(1); }),
                HasSubstr("different times"));
    const auto other = receipt::SigningKey::generate().public_key();
    EXPECT_THAT(told([&](auto& r) { r.batch.key = other; }), HasSubstr("signature"));
    // A whole other batch, well signed, does not have the statement.
    const Sealed another(plain_attempts(5));
    EXPECT_THAT(told([&](auto& r) {
                    r.batch = another.receipt(2).batch;
                    r.signature = another.receipt(2).signature;
                }),
                HasSubstr("not in the signed batch"));
}

TEST(Receipt, OfADamagedBatchIsNotMade) {
    Sealed sealed(plain_attempts(3));
    sealed.batch->leaves.resize(1);
    EXPECT_NO_THROW(sealed.receipt(0));
    EXPECT_THROW(sealed.receipt(1), std::runtime_error);
    sealed.batch->id = id_of("another");
    EXPECT_THROW(sealed.receipt(0), std::runtime_error);
}

}  // namespace
}  // namespace handin::test
