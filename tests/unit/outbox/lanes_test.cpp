// Which delivery may go next (DESIGN 10.5: order per submission), and when (3.4 of
// canvas-live-events.md).
#include "outbox/lanes.hpp"

#include <gtest/gtest.h>

#include "outbox/backoff.hpp"
#include "support/fake_clock.hpp"
#include "support/school.hpp"

namespace handin::test {
namespace {

using outbox::Lanes;
using std::chrono::minutes;

Lanes::Item item(std::int64_t sequence, const std::string& submission) {
    return {.sequence = sequence,
            .event_id = id_of("event" + std::to_string(sequence)),
            .submission_id = id_of(submission),
            .attempts = 0,
            .due = kNow,
            .body = "bytes"};
}

// Everything that may go at that time.
std::vector<std::int64_t> start_all(Lanes& lanes, Time now = kNow) {
    std::vector<std::int64_t> started;
    while (const auto next = lanes.start(now))
        started.push_back(next->sequence);
    return started;
}

using Sequences = std::vector<std::int64_t>;

TEST(LanesTest, OneOfEachSubmissionInOrder) {
    Lanes lanes;
    for (const auto& [sequence, submission] :
         {std::pair(1, "a"), {2, "b"}, {3, "a"}, {4, "c"}, {5, "b"}})
        lanes.add(item(sequence, submission));
    lanes.add(item(3, "a"));  // known
    EXPECT_EQ(lanes.size(), 5U);
    EXPECT_EQ(lanes.fresh(), 3U);
    EXPECT_EQ(lanes.oldest(), 1);
    EXPECT_EQ(start_all(lanes), (Sequences{1, 2, 4}));
    EXPECT_EQ(lanes.fresh(), 0U);
    lanes.finish(item(2, "b"));
    EXPECT_EQ(start_all(lanes), Sequences{5});
    lanes.finish(item(1, "a"));
    EXPECT_EQ(start_all(lanes), Sequences{3});
    lanes.finish(item(3, "a"));
    lanes.finish(item(4, "c"));
    lanes.finish(item(5, "b"));
    EXPECT_EQ(lanes.size(), 0U);
    EXPECT_EQ(lanes.oldest(), std::nullopt);
    EXPECT_EQ(lanes.next_due(), std::nullopt);
}

TEST(LanesTest, WhatFailsHoldsUpItsOwnOnly) {
    Lanes lanes;
    for (const auto& [sequence, submission] : {std::pair(1, "a"), {2, "a"}, {3, "b"}})
        lanes.add(item(sequence, submission));
    EXPECT_EQ(start_all(lanes), (Sequences{1, 3}));
    lanes.postpone(item(1, "a"), 1, kNow + minutes(3));
    EXPECT_EQ(lanes.next_due(), kNow + minutes(3));
    EXPECT_EQ(start_all(lanes), Sequences{});
    EXPECT_EQ(lanes.fresh(), 0U);
    const auto again = lanes.start(kNow + minutes(3));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->sequence, 1);
    EXPECT_EQ(again->attempts, 1U);
    EXPECT_FALSE(again->body);  // which the store has
    lanes.finish(*again);
    EXPECT_EQ(start_all(lanes), Sequences{2});
}

TEST(LanesTest, KeepsNoBodiesOfWhatIsHeldUp) {
    Lanes lanes;
    lanes.add(item(1, "a"));
    lanes.add(item(2, "a"));
    EXPECT_TRUE(lanes.start(kNow)->body);
    lanes.finish(item(1, "a"));
    EXPECT_FALSE(lanes.start(kNow)->body);
}

TEST(BackoffTest, FullJitterWithinTenToTwentyMinutes) {
    const outbox::RetryPolicy policy;
    EXPECT_EQ(policy.tries, 4U);
    EXPECT_EQ(outbox::pause_after(policy, 1, 0, {}), minutes(0));
    EXPECT_EQ(outbox::pause_after(policy, 1, 1, {}), minutes(3));
    EXPECT_EQ(outbox::pause_after(policy, 2, 1, {}), minutes(6));
    EXPECT_EQ(outbox::pause_after(policy, 3, 0.5, {}), minutes(6));
    EXPECT_EQ(outbox::pause_after(policy, 60, 1, {}), policy.longest);
    EXPECT_EQ(outbox::pause_after(policy, 1, 0, minutes(7)), minutes(7));  // Retry-After
}

}  // namespace
}  // namespace handin::test
