// The three keys and when the oldest may go (canvas-live-events.md 3.3; docs/events.md).
#include "outbox/key_ring.hpp"

#include <gtest/gtest.h>

#include "store/sqlite/sqlite_deliveries.hpp"
#include "support/fake_clock.hpp"
#include "support/school.hpp"
#include "support/temporary_folder.hpp"

namespace handin::test {
namespace {

class KeyRingTest : public testing::Test {
 protected:
    KeyRingTest() {
        ring_.prepare();
        clock_.advance(std::chrono::seconds(1));
    }

    // A delivery that was signed just now, and waits.
    void sign_one() {
        store::Subscription it;
        it.id = id_of("one");
        deliveries_.add(it);
        store::Delivery delivery;
        delivery.sequence = 1;
        delivery.body = "signed";
        delivery.key_id = ring_.sign("{}").key_id;
        ASSERT_TRUE(deliveries_.take(it.id, {0, 0}, {1, 0}, std::vector{delivery}));
    }

    TemporaryFolder folder_;
    FakeClock clock_;
    store::sqlite::SqliteDeliveries deliveries_{folder_.path() / "deliveries.db"};
    outbox::KeyRing ring_{deliveries_, clock_};
};

TEST_F(KeyRingTest, IsNotRotatedTwiceAtOnce) {
    const auto before = ring_.jwks();
    EXPECT_TRUE(ring_.rotate());  // the oldest was never in use
    const auto after = ring_.jwks();
    EXPECT_NE(after, before);
    const auto again = ring_.rotate();
    ASSERT_FALSE(again);
    EXPECT_NE(again.error(), "");
    EXPECT_EQ(ring_.jwks(), after);
    clock_.advance(std::chrono::minutes(3));
    EXPECT_TRUE(ring_.rotate());
}

TEST_F(KeyRingTest, KeepsAKeyWhileWhatItHasSignedWaits) {
    sign_one();
    EXPECT_TRUE(ring_.rotate());  // its key is the one before now
    clock_.advance(std::chrono::hours(1));
    const auto before = ring_.jwks();
    EXPECT_FALSE(ring_.rotate());
    ring_.rotate_after(std::chrono::hours(0));
    EXPECT_EQ(ring_.jwks(), before);
    deliveries_.settle(id_of("one"), std::vector<std::int64_t>{1}, {});
    ring_.rotate_after(std::chrono::hours(0));
    EXPECT_NE(ring_.jwks(), before);
}

TEST_F(KeyRingTest, AKeyThatHasBecomeKnownGoesAllTheSame) {
    sign_one();
    EXPECT_TRUE(ring_.rotate());
    const auto before = ring_.jwks();
    EXPECT_TRUE(ring_.rotate(true));
    EXPECT_NE(ring_.jwks(), before);
}

TEST_F(KeyRingTest, IsShownFromMemory) {
    const auto before = ring_.jwks();
    outbox::KeyRing other(deliveries_, clock_);
    ASSERT_TRUE(other.rotate());
    EXPECT_EQ(ring_.jwks(), before);
    ring_.reload();
    EXPECT_EQ(ring_.jwks(), other.jwks());
}

}  // namespace
}  // namespace handin::test
