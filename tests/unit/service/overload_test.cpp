// Whom we turn away for want of room, and that nobody is late because of it (DESIGN 5.4, 6).
#include <gtest/gtest.h>

#include "service/service_place.hpp"

namespace handin::test {
namespace {

using service::FirstArrivals;
using service::Reception;
using namespace std::chrono_literals;

constexpr std::size_t kMebi = std::size_t{1} << 20U;

TEST(Arrivals, OfAPromptRepeatIsTheFirst) {
    FirstArrivals arrivals;
    const auto id = id_of("submission");
    EXPECT_FALSE(arrivals.first(id, kNow));
    arrivals.turned_away(id, kNow, kNow + 1s);
    EXPECT_EQ(arrivals.first(id, kNow + 2s), kNow);
    EXPECT_EQ(arrivals.first(id, kNow + 1s + service::kPromptRepeat), kNow);
    EXPECT_FALSE(arrivals.first(id, kNow + 2s + service::kPromptRepeat));
    EXPECT_FALSE(arrivals.first(id_of("another"), kNow + 2s));
    arrivals.settle(id);
    EXPECT_FALSE(arrivals.first(id, kNow + 2s));
}

TEST(Arrivals, OfManyRepeatsIsTheFirstForAWhile) {
    FirstArrivals arrivals;
    const auto id = id_of("submission");
    auto now = kNow;
    for (; now - kNow <= service::kLongestRefusal; now += 1min) {
        arrivals.turned_away(id, now, now);
        EXPECT_EQ(arrivals.first(id, now), kNow);
    }
    arrivals.turned_away(id, now, now);  // nobody comes for ever by the time of the first
    EXPECT_EQ(arrivals.first(id, now), now);
}

TEST(Arrivals, AfterAPauseANewOneCounts) {
    FirstArrivals arrivals;
    const auto id = id_of("submission");
    arrivals.turned_away(id, kNow, kNow);
    const auto later = kNow + service::kPromptRepeat + 1s;
    arrivals.turned_away(id, later, later);
    EXPECT_EQ(arrivals.first(id, later + 1s), later);
}

TEST(Arrivals, AreBounded) {
    FirstArrivals arrivals(3);
    for (const auto* name : {"a", "b", "c", "a", "d"})
        arrivals.turned_away(id_of(name), kNow, kNow);
    EXPECT_EQ(arrivals.size(), 3U);
    EXPECT_FALSE(arrivals.first(id_of("b"), kNow));  // longest ago
    EXPECT_TRUE(arrivals.first(id_of("a"), kNow));
    arrivals.turned_away(id_of("e"), kNow + 1h, kNow + 1h);
    EXPECT_EQ(arrivals.size(), 1U);
}

TEST(Receiving, IsBoundedInBodies) {
    Reception reception({.bodies = 2, .bytes = kMebi});
    auto one = reception.sit(100);
    const auto two = reception.sit(100);
    ASSERT_TRUE(one && two);
    EXPECT_FALSE(reception.sit(100));
    one.reset();
    EXPECT_TRUE(reception.sit(100));
    EXPECT_EQ(reception.bodies(), 1U);
}

TEST(Receiving, IsBoundedInBytes) {
    Reception reception({.bodies = 100, .bytes = kMebi});
    {
        Reception::Kept kept(reception);
        EXPECT_TRUE(kept.grow_to(kMebi / 2));
        EXPECT_TRUE(kept.grow_to(kMebi / 4));  // what was kept stays so
        EXPECT_TRUE(reception.sit(std::nullopt));
        EXPECT_FALSE(kept.grow_to(kMebi + 1));
        EXPECT_TRUE(kept.grow_to(kMebi / 8 * 7));
        EXPECT_FALSE(reception.sit(100));  // the rest is for those who are in
        const auto moved = std::move(kept);
        EXPECT_EQ(reception.bytes(), kMebi / 8 * 7);
    }
    EXPECT_EQ(reception.bytes(), 0U);
    EXPECT_EQ(reception.bodies(), 0U);
}

class Overload : public testing::Test {
 protected:
    void open(service::EntranceLimits limits) {
        place.open();
        place.intake.emplace(place.store, place.blobs, *place.committer, place.clock,
                             std::move(limits));
    }
    service::Seat sit() {
        return place.intake->seat(place.school.actor(place.school.student),
                                  place.school.assignment_id, place.clock.now(), 100);
    }

    ServicePlace place;
    bool room = true;
};

TEST_F(Overload, ARepeatOfWhatWeRefusedIsJudgedByItsFirstArrival) {
    open({.room_on_disk = [this] { return room; }});
    const auto first = place.clock.now();
    room = false;
    EXPECT_THROW(sit(), service::NoRoom);
    EXPECT_TRUE(place.intake->short_of_room());
    place.clock.advance(30s);
    EXPECT_FALSE(place.intake->short_of_room());
    room = true;
    const auto seat = sit();
    place.clock.advance(1s);
    auto outcome = hand_in(place, {place.school.student, {sent_text("repeated")}});
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->submission.attempts.back().submitted_at, first);
    // Once: the next attempt is judged by its own time.
    place.clock.advance(1s);
    outcome = hand_in(place, {place.school.student, {sent_text("new")}});
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->submission.attempts.back().submitted_at, place.clock.now());
    // Nobody else profits from it.
    outcome = hand_in(place, {place.school.other, {sent_text("other")}});
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->submission.attempts.back().submitted_at, place.clock.now());
}

TEST_F(Overload, AFailedCommitIsRememberedByTheArrivalOfItsLastByte) {
    open({});
    const auto first = place.clock.now();
    place.store.on_commit = [] { throw store::Unavailable("full"); };
    EXPECT_THROW((void)hand_in(place, {place.school.student, {sent_text("x")}}), service::NoRoom);
    EXPECT_TRUE(place.intake->short_of_room());
    place.store.on_commit = [] {};
    place.clock.advance(1min);
    const auto outcome = hand_in(place, {place.school.student, {sent_text("x")}});
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->submission.attempts.back().submitted_at, first);
}

TEST_F(Overload, ARefusalOfTheRulesIsNotRemembered) {
    open({});
    EXPECT_FALSE(hand_in(place, {place.school.student, {}}));
    place.clock.advance(1min);
    const auto outcome = hand_in(place, {place.school.student, {sent_text("x")}});
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->submission.attempts.back().submitted_at, place.clock.now());
}

TEST_F(Overload, MemoryOfOneBodyIsBounded) {
    open({.reception = {.bodies = 10, .bytes = kMebi}});
    const auto fill = [](service::Intake* intake, std::size_t files) -> task<void> {
        std::deque<service::IncomingAttachment> all;
        const std::string bytes(300'000, 'x');
        for (std::size_t i = 0; i < files; ++i) {
            all.push_back(intake->incoming());
            co_await all.back().write(bytes);
        }
    };
    run(fill(&*place.intake, 3));
    EXPECT_EQ(place.intake->reception().bytes(), 0U);
    EXPECT_THROW(run(fill(&*place.intake, 4)), service::Overloaded);
    EXPECT_EQ(place.intake->reception().bytes(), 0U);
}

}  // namespace
}  // namespace handin::test
