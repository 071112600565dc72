// The outbox: complete events under a monotonic sequence (DESIGN 5.6).
#include "store/store_suite.hpp"

namespace handin::test {
namespace {

TEST_P(StoreSuite, EventsComeInOrderAndPageByPage) {
    commit(school_.rows);
    std::vector<domain::Event> expected;
    for (int i = 0; i < 5; ++i) {
        std::vector batch{next_attempt(school_.student), next_attempt(school_.other)};
        for (const auto& changes : batch)
            expected.push_back(changes.events.at(0));
        commit(batch);
    }
    for (std::size_t limit = 1; limit <= 11; ++limit) {
        std::vector<domain::Event> seen;
        std::int64_t after = 0;
        for (;;) {
            const auto page = events(after, limit);
            ASSERT_LE(page.size(), limit);
            for (const auto& each : page) {
                EXPECT_GT(each.sequence, after);
                after = each.sequence;
                seen.push_back(each.event);
            }
            if (page.size() < limit) break;
        }
        EXPECT_TRUE(same(seen, expected)) << "in pages of " << limit;
    }
    EXPECT_TRUE(events(0, 0).empty());
    EXPECT_TRUE(events(events().back().sequence, 10).empty());
    EXPECT_TRUE(events(1'000'000, 10).empty());
}

TEST_P(StoreSuite, SeveralEventsOfOneChange) {
    commit(school_.rows);
    auto changes = next_attempt(school_.student);
    changes.events.push_back(changes.events[0]);
    changes.events[1].kind = domain::Event::Kind::submission_reclaimed;
    commit(changes);
    const auto found = events();
    ASSERT_EQ(found.size(), 2U);
    EXPECT_TRUE(same(found[0].event, changes.events[0]));
    EXPECT_TRUE(same(found[1].event, changes.events[1]));
}

}  // namespace
}  // namespace handin::test
