// Group commit (DESIGN 5.2), on a store that can be held and told to fail.
#include "service/committer.hpp"

#include <gtest/gtest.h>

#include "service/crowd.hpp"
#include "service/fake_store.hpp"
#include "support/commands.hpp"

namespace handin::test {
namespace {

using domain::Reason;
using service::Committer;
using service::CommitterLimits;
using service::InDoubt;
using service::Overloaded;

class CommitterTest : public testing::Test {
 protected:
    ~CommitterTest() override { gate.open(); }

    void start(CommitterLimits limits = {}, service::Seal seal = {}) {
        committer.emplace(
            store, clock, limits,
            [this](const service::BatchSeen& seen) {
                EXPECT_GE(seen.seconds, 0);
                batches.push_back(seen.commands);
            },
            std::move(seal));
        crowd.emplace(*committer);
    }

    // Everybody has their outcome, and the committer is gone.
    void finish() {
        crowd->finish();
        committer.reset();
    }

    domain::Submit submit(const Uuid& person) { return submit_of(store.school, person); }
    domain::Submit good() { return submit(store.school.student); }
    domain::Submit refused() { return submit(store.school.teacher); }

    // One command is on its way to the disk and stays there until gate.open().
    Waited& hold() {
        gate.close();
        held = false;
        store.on_commit = [this] {
            if (!held.exchange(true))
                gate.pass();
            else if (auto fail = std::exchange(fail_once, {}))
                fail();
        };
        auto& first = crowd->add(submit(store.school.tutor));
        gate.await_arrival();
        return first;
    }

    void await_waiting(std::size_t count) {
        for (int i = 0; i < 5000 && committer->waiting() != count; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        ASSERT_EQ(committer->waiting(), count);
    }

    FakeStore store;
    FakeClock clock;
    Gate gate;
    std::atomic<bool> held = false;
    std::function<void()> fail_once;   // what the commit after the held one does
    std::vector<std::size_t> batches;  // of the committer's thread
    std::optional<Crowd> crowd;
    std::optional<Committer> committer;
};

TEST_F(CommitterTest, CommitsALoneCommandAtOnce) {
    start();
    clock.set(kNow + std::chrono::milliseconds(5));
    auto& one = crowd->add(good());
    finish();
    ASSERT_TRUE(one.get());
    EXPECT_EQ(one.resumed_on.load(), crowd->thread());
    EXPECT_EQ(batches, std::vector<std::size_t>{1});
    ASSERT_EQ(store.committed().size(), 1U);
    // DESIGN 5.4: committed_at is the committer's clock
    EXPECT_EQ(store.committed()[0].at(0).attempts.at(0).committed_at, clock.now());
}

TEST_F(CommitterTest, WhatWaitsMeanwhileIsTheNextBatch) {
    start();
    auto& first = hold();
    for (int i = 0; i < 20; ++i)
        crowd->add(good());
    await_waiting(20);
    EXPECT_FALSE(first.outcome);  // nobody is answered before the commit
    gate.open();
    finish();
    EXPECT_EQ(batches, (std::vector<std::size_t>{1, 20}));
    ASSERT_EQ(store.committed().size(), 2U);
    // Decided in the order in which they came, each seeing the one before.
    const auto second = store.committed().at(1);
    ASSERT_EQ(second.size(), 20U);
    for (std::uint32_t i = 0; i < 20; ++i) {
        EXPECT_EQ(second[i].attempts.at(0).number, i + 1);
        EXPECT_EQ(crowd->all()[i + 1].get()->submission.attempts.size(), i + 1);
    }
}

// DESIGN 10.1: acknowledged means durable. Meanwhile one more batch is written, and no third is
// begun.
TEST_F(CommitterTest, NobodyIsAnsweredBeforeTheSync) {
    gate.close();
    store.on_sync = [this] { gate.pass(); };
    start();
    auto& first = crowd->add(good());
    gate.await_arrival();
    auto& second = crowd->add(submit(store.school.other));
    for (int i = 0; i < 5000 && store.committed().size() < 2; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    EXPECT_EQ(store.committed().size(), 2U);
    crowd->add(good());
    crowd->add(good());
    await_waiting(2);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_EQ(committer->waiting(), 2U);
    EXPECT_EQ(first.resumed_on.load(), std::thread::id());
    EXPECT_EQ(second.resumed_on.load(), std::thread::id());
    gate.open();
    finish();
    EXPECT_TRUE(first.get());
    EXPECT_TRUE(second.get());
    EXPECT_EQ(batches, (std::vector<std::size_t>{1, 1, 2}));
}

TEST_F(CommitterTest, AFailedSyncLeavesItsBatchInDoubt) {
    store.on_sync = [this] {
        if (auto fail = std::exchange(fail_once, {})) fail();
    };
    fail_once = [] { throw store::Broken("sync failed"); };
    start();
    auto& one = crowd->add(good());
    finish();
    EXPECT_THROW(one.get(), InDoubt);
}

TEST_F(CommitterTest, ARefusedCommandCostsItsNeighboursNothing) {
    start();
    hold();
    auto& before = crowd->add(good());
    auto& bad = crowd->add(refused());
    auto& after = crowd->add(good());
    await_waiting(3);
    gate.open();
    finish();
    EXPECT_TRUE(before.get());
    ASSERT_FALSE(bad.get());
    EXPECT_EQ(bad.get().error().at(0).reason, Reason::not_permitted);
    EXPECT_TRUE(after.get());
    EXPECT_EQ(store.committed().at(1).size(), 2U);
}

TEST_F(CommitterTest, NothingToWriteIsNotWritten) {
    start();
    hold();
    auto& bad = crowd->add(refused());
    auto& worse = crowd->add(refused());
    await_waiting(2);
    gate.open();
    finish();
    EXPECT_FALSE(bad.get() || worse.get());
    EXPECT_EQ(store.committed().size(), 1U);
    EXPECT_EQ(store.abandoned(), 1);  // the transaction ended all the same
}

// DESIGN 10.2; edlink.md 2.2: a concurrent duplicate waits for the first
TEST_F(CommitterTest, DuplicatesInOneBatchMakeOneAttempt) {
    start();
    hold();
    for (int i = 0; i < 5; ++i) {
        auto command = good();
        command.replay_key = key_of("k");
        crowd->add(std::move(command));
    }
    await_waiting(5);
    gate.open();
    finish();
    ASSERT_EQ(store.committed().at(1).size(), 1U);
    const auto attempt = store.committed()[1][0].attempts.at(0).id;
    for (std::size_t i = 1; i <= 5; ++i) {
        const auto& outcome = crowd->all()[i].get();
        ASSERT_TRUE(outcome) << i;
        EXPECT_EQ(outcome->repeated, i != 1) << i;
        EXPECT_EQ(outcome->submission.attempts, std::vector{attempt}) << i;
    }
}

struct Failure {
    const char* name;
    std::function<void()> fail;
    bool in_doubt;
};

const Failure kFailures[] = {
    {"no room", [] { throw store::Unavailable("disk full"); }, false},
    {"broken", [] { throw store::Broken("sync failed"); }, true},
    {"anything else", [] { throw std::logic_error("a bug"); }, true},
};

void expect_failed(Waited& waited, const Failure& failure) {
    ASSERT_TRUE(waited.failure);
    if (failure.in_doubt)
        EXPECT_THROW(waited.get(), InDoubt);
    else
        EXPECT_THROW(waited.get(), Overloaded);
    EXPECT_THROW(waited.get(), service::TryLater);
}

TEST_F(CommitterTest, AFailedCommitFailsItsBatchAndNoOther) {
    for (const auto& failure : kFailures) {
        SCOPED_TRACE(failure.name);
        start();
        const auto committed = store.committed().size();
        auto& before = hold();
        auto& one = crowd->add(good());
        auto& two = crowd->add(submit(store.school.other));
        auto& three = crowd->add(refused());
        await_waiting(3);
        fail_once = failure.fail;
        gate.open();
        await_waiting(0);
        auto& after = crowd->add(good());
        finish();
        EXPECT_TRUE(before.get());
        expect_failed(one, failure);
        expect_failed(two, failure);
        expect_failed(three, failure);
        EXPECT_TRUE(after.get());
        EXPECT_EQ(store.committed().size(), committed + 2);
    }
}

TEST_F(CommitterTest, AFailedLoadFailsItsBatchToo) {
    start();
    std::atomic<int> calls = 0;
    store.on_load = [&](domain::State&) {
        if (calls++ == 0) throw store::Unavailable("no connection");
    };
    auto& one = crowd->add(good());
    for (int i = 0; i < 5000 && store.abandoned() == 0; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    auto& two = crowd->add(good());
    finish();
    EXPECT_THROW(one.get(), Overloaded);
    EXPECT_TRUE(two.get());
    EXPECT_GE(store.abandoned(), 1);
}

// Nothing has been written yet, so nothing is in doubt, and staged files may go.
TEST_F(CommitterTest, ABrokenStoreIsNoDoubtBeforeAnythingIsWritten) {
    start();
    store.on_load = [](domain::State&) { throw store::Broken("read-only"); };
    auto& one = crowd->add(good());
    finish();
    EXPECT_THROW(one.get(), Overloaded);
}

// DESIGN 5.1: three rounds at most
TEST_F(CommitterTest, GivesUpOnACommandThatNeverHasItsKeys) {
    store.forgetful = true;
    start();
    auto& one = crowd->add(good());
    finish();
    EXPECT_THROW(one.get(), service::TryLater);
    EXPECT_EQ(store.loads(), 3);
    EXPECT_TRUE(store.committed().empty());
}

// DESIGN 6: every queue is bounded
TEST_F(CommitterTest, IsBounded) {
    start({.waiting = 4});
    EXPECT_TRUE(committer->has_room());
    hold();
    for (int i = 0; i < 3; ++i)
        crowd->add(good());
    await_waiting(3);
    EXPECT_TRUE(committer->has_room());
    crowd->add(good());
    await_waiting(4);
    EXPECT_FALSE(committer->has_room());
    // Requests that are past has_room() still get in, up to twice the number.
    for (int i = 0; i < 4; ++i)
        crowd->add(good());
    await_waiting(8);
    auto& too_many = crowd->add(good());
    for (int i = 0; i < 5000 && too_many.resumed_on.load() == std::thread::id(); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    EXPECT_EQ(committer->waiting(), 8U);
    gate.open();
    finish();
    EXPECT_THROW(too_many.get(), Overloaded);
    EXPECT_EQ(too_many.resumed_on.load(), crowd->thread());
    for (std::size_t i = 0; i < 9; ++i)
        EXPECT_TRUE(crowd->all()[i].get()) << i;
    EXPECT_EQ(store.committed().at(1).size(), 8U);
}

TEST_F(CommitterTest, BatchesAreBoundedInCommands) {
    start({.batch_commands = 3});
    hold();
    for (int i = 0; i < 8; ++i)
        crowd->add(good());
    await_waiting(8);
    gate.open();
    finish();
    EXPECT_EQ(batches, (std::vector<std::size_t>{1, 3, 3, 2}));
}

TEST_F(CommitterTest, BatchesAreBoundedInBytes) {
    start({.batch_bytes = 40'000});
    hold();
    const auto of_size = [&](std::size_t size) {
        return submit_of(store.school, store.school.student, list(a_file(std::string(size, 'x'))));
    };
    for (const std::size_t size : {15'000U, 15'000U, 15'000U, 100'000U, 100'000U, 1'000U, 1'000U})
        crowd->add(of_size(size));
    await_waiting(7);
    gate.open();
    finish();
    // Two and a half fit; what is larger than a batch is one by itself.
    EXPECT_EQ(batches, (std::vector<std::size_t>{1, 2, 1, 1, 1, 2}));
    for (auto& each : crowd->all())
        EXPECT_TRUE(each.get());
}

// What graders write counts, too.
TEST_F(CommitterTest, BatchesOfCommentsAreBoundedInBytes) {
    start({.batch_bytes = 40'000});
    hold();
    const std::string words(15'000, 'x');
    for (int i = 0; i < 3; ++i) {
        auto mark = mark_of(store.school, store.school.student);
        mark.comment = domain::NewComment{.id = uuid_v7(kNow), .text = words + std::to_string(i)};
        crowd->add(std::move(mark));
    }
    for (int i = 0; i < 3; ++i)
        crowd->add(comment_of(store.school, store.school.teacher, store.school.student, words));
    await_waiting(6);
    gate.open();
    finish();
    EXPECT_EQ(batches, (std::vector<std::size_t>{1, 2, 2, 2}));
}

TEST_F(CommitterTest, CommitsWhatWaitsBeforeItGoes) {
    start({.batch_commands = 2});
    hold();
    for (int i = 0; i < 5; ++i)
        crowd->add(good());
    await_waiting(5);
    std::jthread closing([&] { committer.reset(); });
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    gate.open();
    closing.join();
    EXPECT_EQ(batches, (std::vector<std::size_t>{1, 2, 2, 1}));
    crowd->finish();
    for (auto& each : crowd->all())
        EXPECT_TRUE(each.get());
}

// Sees what is about to be committed, and gives each attempt a place in one batch.
std::optional<domain::ReceiptBatch> seal_all(std::span<domain::Changes* const> accepted) {
    domain::ReceiptBatch batch;
    batch.id = id_of("batch");
    for (auto* changes : accepted)
        for (auto& attempt : changes->attempts) {
            attempt.receipt = {.batch_id = batch.id,
                               .index = static_cast<std::uint32_t>(batch.leaves.size()),
                               .salt = {}};
            batch.leaves.push_back(sha256("leaf"));
        }
    if (batch.leaves.empty()) return std::nullopt;
    return batch;
}

// DESIGN 5.10: the leaves of one commit, signed once, in the same transaction
TEST_F(CommitterTest, AcceptedAttemptsAreSealedTogether) {
    start({}, seal_all);
    hold();
    auto& one = crowd->add(good());
    crowd->add(refused());
    auto& two = crowd->add(good());
    await_waiting(3);
    gate.open();
    finish();
    const auto second = store.committed().at(1);
    ASSERT_EQ(second.size(), 3U);  // two submits, and the batch of their receipts
    ASSERT_EQ(second[2].receipt_batches.size(), 1U);
    EXPECT_EQ(second[2].receipt_batches[0].leaves.size(), 2U);
    EXPECT_EQ(second[0].attempts.at(0).receipt->index, 0U);
    EXPECT_EQ(second[1].attempts.at(0).receipt->index, 1U);
    // The one who waited is told as well.
    EXPECT_EQ(one.get()->changes.attempts.at(0).receipt->batch_id, id_of("batch"));
    EXPECT_EQ(two.get()->changes.attempts.at(0).receipt->index, 1U);
}

TEST_F(CommitterTest, ABatchWithoutAttemptsHasNoReceipts) {
    start({}, seal_all);
    auto& bad = crowd->add(refused());
    finish();
    EXPECT_FALSE(bad.get());
    EXPECT_TRUE(store.committed().empty());
}

TEST_F(CommitterTest, WhatCannotBeSealedIsNotCommitted) {
    start({}, [](auto) -> std::optional<domain::ReceiptBatch> {
        throw std::runtime_error("the key is broken");
    });
    auto& one = crowd->add(good());
    finish();
    EXPECT_THROW(one.get(), service::TryLater);
    EXPECT_TRUE(store.committed().empty());
    EXPECT_EQ(store.abandoned(), 1);
}

}  // namespace
}  // namespace handin::test
