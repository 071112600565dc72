#include "base/uuid.hpp"

#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <unordered_set>
#include <vector>

namespace handin {
namespace {

const Uuid kDns = *Uuid::parse("6ba7b810-9dad-11d1-80b4-00c04fd430c8");

TEST(Uuid, ParsesAndWrites) {
    const auto id = Uuid::parse("2ED6657D-e942-568b-95e1-2665a8aea6a2");
    ASSERT_TRUE(id);
    EXPECT_EQ(id->bytes[0], 0x2e);
    EXPECT_EQ(id->bytes[15], 0xa2);
    EXPECT_EQ(id->str(), "2ed6657d-e942-568b-95e1-2665a8aea6a2");
    EXPECT_EQ(Uuid().str(), "00000000-0000-0000-0000-000000000000");
    EXPECT_EQ(Uuid::parse(Uuid().str()), Uuid());
}

TEST(Uuid, RefusesOtherText) {
    for (const auto* text : {
             "",
             "2ed6657d-e942-568b-95e1-2665a8aea6a",
             "2ed6657d-e942-568b-95e1-2665a8aea6a20",
             "2ed6657de942568b95e12665a8aea6a2",
             "{2ed6657d-e942-568b-95e1-2665a8aea6}",
             "2ed6657d-e942-568b-95e1-2665a8aea6ag",
             "2ed6657d-e942-568b-95e1_2665a8aea6a2",
             "2ed6657d-e942-568b-95e-12665a8aea6a2",
             "2ed6657d-e942-568b-95e1- 665a8aea6a2",
             "2ed6657--e942-568b-95e1-2665a8aea6a2",
         })
        EXPECT_FALSE(Uuid::parse(text)) << text;
}

TEST(Uuid, DerivesFromNames) {
    // What Python's uuid.uuid5 gives.
    EXPECT_EQ(uuid_v5(kDns, "www.example.com").str(), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
    EXPECT_EQ(uuid_v5(kDns, "www.example.com"), uuid_v5(kDns, "www.example.com"));
    EXPECT_NE(uuid_v5(kDns, "a"), uuid_v5(kDns, "b"));
    EXPECT_NE(uuid_v5(kDns, "a"), uuid_v5(Uuid(), "a"));
    EXPECT_NE(uuid_v5(kDns, std::string_view()), Uuid());
}

TEST(Uuid, TimeOrderedOnesHaveTheFormOfTheRfc) {
    // RFC 9562 A.6: 2022-02-22 14:22:22.00 -05:00
    const auto id = uuid_v7(Time(std::chrono::milliseconds(0x017F22E279B0)));
    EXPECT_TRUE(id.str().starts_with("017f22e2-79b0-7")) << id.str();
    EXPECT_EQ(id.bytes[8] >> 6U, 2);
}

TEST(Uuid, TimeOrderedOnesSortByTime) {
    Time now = SystemClock().now();
    for (int i = 0; i < 1000; ++i) {
        const auto before = uuid_v7(now);
        now += std::chrono::milliseconds(1);
        EXPECT_LT(before, uuid_v7(now));
    }
}

TEST(Uuid, AreUniqueAcrossThreads) {
    std::vector<std::vector<Uuid>> made(4);
    {
        std::vector<std::jthread> threads;
        for (auto& mine : made)
            threads.emplace_back([&mine] {
                const auto now = SystemClock().now();
                for (int i = 0; i < 5000; ++i) {
                    mine.push_back(uuid_v7(now));
                    mine.push_back(uuid_v4());
                }
            });
    }
    std::unordered_set<Uuid> all;
    for (const auto& mine : made)
        all.insert(mine.begin(), mine.end());
    EXPECT_EQ(all.size(), 4U * 2 * 5000);
}

TEST(Uuid, RandomOnesHaveTheFormOfTheRfc) {
    const auto text = uuid_v4().str();
    EXPECT_EQ(text[14], '4');
    EXPECT_TRUE(std::string_view("89ab").contains(text[19])) << text;
}

TEST(Uuid, TimeOrderedOnesTellWhenTheyWereMade) {
    for (const std::int64_t millis : {0L, 1L, 1'740'992'400'123L, (1L << 48) - 1}) {
        const Time made{std::chrono::milliseconds(millis)};
        EXPECT_EQ(time_of(uuid_v7(made)), made);
        EXPECT_EQ(time_of(uuid_v7(made + std::chrono::microseconds(999))), made);
    }
}

}  // namespace
}  // namespace handin
