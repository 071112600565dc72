// Which changes fall with a row that somebody else has changed, and the stamps of commits.
#include <gtest/gtest.h>

#include "store/postgres/batch_clock.hpp"
#include "store/postgres/claims.hpp"
#include "store/postgres/parameters.hpp"
#include "store/postgres/text.hpp"
#include "support/school.hpp"

namespace handin::test {
namespace {

using namespace store::postgres;
using domain::Changes;
using Indexes = std::vector<std::size_t>;

Changes of(std::initializer_list<std::pair<const char*, std::int64_t>> submissions,
           std::initializer_list<const char*> uploads = {},
           std::initializer_list<const char*> usages = {}) {
    Changes changes;
    for (const auto& [name, version] : submissions) {
        auto& submission = changes.submissions.emplace_back();
        submission.id = id_of(name);
        submission.version = version;
    }
    for (const auto* name : uploads)
        changes.uploads.emplace_back().id = id_of(name);
    for (const auto* name : usages)
        changes.upload_usages.push_back({.owner_id = id_of(name)});
    return changes;
}

Indexes lost(const std::vector<Changes>& batch, std::vector<Uuid> stale) {
    std::vector<const Changes*> all;
    for (const auto& each : batch)
        all.push_back(&each);
    return lost_changes(claims_of(all), stale, batch.size());
}

TEST(Claims, ARowIsClaimedOnceAsItIsAtTheEnd) {
    const std::vector batch{of({{"a", 3}}), of({{"b", 1}}), of({{"a", 4}})};
    std::vector<const Changes*> all;
    for (const auto& each : batch)
        all.push_back(&each);
    const auto claims = claims_of(all);
    ASSERT_EQ(claims.submissions.size(), 2U);
    const auto& a = claims.submissions.at(id_of("a"));
    EXPECT_EQ(a.expected, 2);
    EXPECT_EQ(a.last->version, 4);
    EXPECT_EQ(a.users, (Indexes{0, 2}));
    EXPECT_EQ(claims.submissions.at(id_of("b")).expected, 0);
}

TEST(Claims, VersionsFollowEachOther) {
    const auto first = of({{"a", 1}}), second = of({{"a", 3}});
    const Changes* const all[] = {&first, &second};
    EXPECT_THROW(claims_of(all), std::logic_error);
}

TEST(Claims, WhatBuildsOnALostChangeIsLost) {
    const std::vector batch{of({{"a", 1}}, {"u"}),
                            of({{"b", 1}}),
                            of({{"c", 1}}, {"u"}),
                            of({{"c", 2}}),
                            of({{"d", 1}}, {"v"}, {"owner"}),
                            of({{"e", 1}}, {}, {"owner"})};
    EXPECT_EQ(lost(batch, {}), Indexes{});
    EXPECT_EQ(lost(batch, {id_of("b")}), Indexes{1});
    EXPECT_EQ(lost(batch, {id_of("a")}), (Indexes{0, 2, 3}));
    EXPECT_EQ(lost(batch, {id_of("c")}), (Indexes{2, 3}));  // what came before stays
    EXPECT_EQ(lost(batch, {id_of("v")}), (Indexes{4, 5}));
    EXPECT_EQ(lost(batch, {id_of("e")}), Indexes{5});
    EXPECT_EQ(lost(batch, {id_of("somebody else's")}), Indexes{});
}

TEST(BatchClock, AStampIsGreaterThanAllThatWereSeen) {
    BatchClock clock;
    const auto now = from_micros(1000);
    const auto first = clock.next(now);
    EXPECT_GT(first, 1000);
    EXPECT_GT(clock.next(now), first);
    clock.saw(50'000);  // of a node whose clock is ahead
    EXPECT_GT(clock.next(now), 50'000);
    EXPECT_GT(clock.next(from_micros(0)), 50'001);
}

TEST(PostgresText, EveryTextComesBack) {
    using namespace std::string_literals;
    for (const auto& text :
         {""s, "plain"s, "gr\xc3\xb6\xc3\x9f"s, "a\0b"s, "\xff"s, "\x01hex:00"s, "\x01"s}) {
        const auto kept = armoured(text).value_or(text);
        EXPECT_EQ(kept.find('\0'), std::string::npos);
        EXPECT_EQ(plain(kept), text);
    }
    EXPECT_FALSE(armoured("gr\xc3\xb6\xc3\x9f"));
    EXPECT_TRUE(armoured("\xed\xa0\x80"));  // a surrogate: PostgreSQL does not take it
    EXPECT_THROW(plain("\x01hex:0"), std::runtime_error);
}

}  // namespace
}  // namespace handin::test
