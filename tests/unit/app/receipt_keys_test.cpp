// The keys of receipts in a data folder.
#include "app/receipt_keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "app/data_folder.hpp"
#include "app/secret_file.hpp"
#include "support/temporary_folder.hpp"

namespace handin::test {
namespace {

using app::known_receipt_keys;
using app::open_receipt_key;
using app::rotate_receipt_key;
using Keys = std::vector<receipt::SigningPublicKey>;

class ReceiptKeysTest : public testing::Test {
 protected:
    std::string complaint(auto action) {
        try {
            action();
        } catch (const std::exception& error) {
            return error.what();
        }
        return "none";
    }

    TemporaryFolder folder_;
    std::filesystem::path data_ = folder_.path();
};

TEST_F(ReceiptKeysTest, IsMadeOnce) {
    EXPECT_EQ(known_receipt_keys(data_), Keys{});
    const auto key = open_receipt_key(data_).public_key();
    EXPECT_EQ(open_receipt_key(data_).public_key(), key);
    EXPECT_EQ(known_receipt_keys(data_), Keys{key});
}

TEST_F(ReceiptKeysTest, RotationKeepsWhatWasKnown) {
    const auto one = open_receipt_key(data_).public_key();
    const auto two = rotate_receipt_key(data_);
    const auto three = rotate_receipt_key(data_);
    EXPECT_EQ(known_receipt_keys(data_), (Keys{three, two, one}));
    EXPECT_EQ(open_receipt_key(data_).public_key(), three);
}

TEST_F(ReceiptKeysTest, NothingToRotate) {
    EXPECT_THAT(complaint([&] { rotate_receipt_key(data_); }), testing::HasSubstr("nothing to"));
}

// An end between the two writes, or a key set that was lost.
TEST_F(ReceiptKeysTest, AKeyThatSignsIsAlwaysKnown) {
    const auto one = open_receipt_key(data_).public_key();
    std::filesystem::remove(data_ / app::kReceiptKeySetFile);
    open_receipt_key(data_);
    EXPECT_EQ(known_receipt_keys(data_), Keys{one});

    const auto private_part = app::read_text(data_ / app::kReceiptKeyFile).value();
    const auto two = rotate_receipt_key(data_);
    app::write_secret(data_ / app::kReceiptKeyFile, private_part);
    EXPECT_EQ(open_receipt_key(data_).public_key(), one);
    EXPECT_EQ(known_receipt_keys(data_), (Keys{one, two}));
}

TEST_F(ReceiptKeysTest, DamageIsToldAndNotReplaced) {
    open_receipt_key(data_);
    std::ofstream(data_ / app::kReceiptKeySetFile) << "[]";
    EXPECT_THAT(complaint([&] { open_receipt_key(data_); }),
                testing::HasSubstr(app::kReceiptKeySetFile));
    std::ofstream(data_ / app::kReceiptKeyFile) << "nonsense";
    EXPECT_THAT(complaint([&] { open_receipt_key(data_); }),
                testing::HasSubstr(app::kReceiptKeyFile));
    EXPECT_EQ(app::read_text(data_ / app::kReceiptKeyFile), "nonsense");
}

}  // namespace
}  // namespace handin::test
