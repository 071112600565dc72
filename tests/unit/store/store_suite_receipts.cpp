// Where receipts are, and the batches they are in.
#include "store/store_suite.hpp"

namespace handin::test {
namespace {

domain::ReceiptBatch a_batch(std::size_t leaves) {
    domain::ReceiptBatch batch{.id = uuid_v7(kNow),
                               .committed_at = kNow + std::chrono::microseconds(7),
                               .key = sha256("key"),
                               .root = sha256("root"),
                               .signature = {},
                               .leaves = {}};
    for (std::size_t i = 0; i < batch.signature.size(); ++i)
        batch.signature[i] = static_cast<std::uint8_t>(255 - i);
    for (std::size_t i = 0; i < leaves; ++i)
        batch.leaves.push_back(sha256(std::to_string(i)));
    return batch;
}

TEST_P(StoreSuite, ReceiptsAreReadAsTheyWereCommitted) {
    commit(school_.rows);
    auto changes = next_attempt(school_.student);
    domain::Changes batches;
    // A full commit has 512 leaves.
    for (const std::size_t leaves : {1U, 2U, 512U})
        batches.receipt_batches.push_back(a_batch(leaves));
    auto& place = changes.attempts.at(0).receipt.emplace();
    place = {.batch_id = batches.receipt_batches.at(2).id, .index = 511, .salt = {1, 2, 0, 255}};
    commit(std::vector{changes, batches});
    reopen();
    store().read_now([&](store::Reader& reader) {
        const auto attempt = reader.attempt(changes.attempts.at(0).id);
        ASSERT_TRUE(attempt);
        EXPECT_TRUE(same(*attempt, changes.attempts.at(0)));
        for (const auto& batch : batches.receipt_batches) {
            const auto found = reader.receipt_batch(batch.id);
            ASSERT_TRUE(found);
            EXPECT_TRUE(same(*found, batch));
        }
        EXPECT_FALSE(reader.receipt_batch(id_of("unknown")));
        EXPECT_FALSE(reader.attempt(id_of("unknown")));
    });
}

TEST_P(StoreSuite, AnAttemptWithoutAReceiptHasNone) {
    commit(school_.rows);
    const auto changes = next_attempt(school_.student);
    commit(changes);
    const auto found =
        ask([&](store::Reader& reader) { return reader.attempt(changes.attempts.at(0).id); });
    ASSERT_TRUE(found);
    EXPECT_FALSE(found->receipt);
}

}  // namespace
}  // namespace handin::test
