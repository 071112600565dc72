// How much of a list one page looks at and holds (docs/edlink.md).
#include "api/edlink/listing.hpp"

#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "support/run_task.hpp"

namespace handin::test {
namespace {

namespace json = boost::json;
using edlink::Listing;
using edlink::Query;
using edlink::Wish;

// In the order of the numbers.
Uuid id_at(std::size_t number) {
    Uuid id;
    for (std::size_t i = 0; i < sizeof number; ++i)
        id.bytes.at(15 - i) = static_cast<std::uint8_t>(number >> (8 * i));
    return id;
}

// A list of `rows` rows, of which a page shows every `shown`-th, in parts of `part` rows at most.
struct Rows {
    std::size_t rows = 0;
    std::size_t shown = 1;
    std::size_t part = 1000;
    std::size_t bytes = 0;  // of each
    std::size_t read = 0;

    task<service::Answer<service::Listed<std::size_t>>> fetch(service::Page page) {
        service::Listed<std::size_t> listed;
        std::size_t at = 0;
        if (page.after)
            while (id_at(at) <= *page.after)
                ++at;
        const auto end = std::min(rows, at + std::min(part, page.limit));
        for (; at < end; ++at, ++listed.looked_at)
            if (at % shown == 0) listed.items.push_back(at);
        if (end < rows) listed.next = id_at(end - 1);
        read += listed.looked_at;
        co_return listed;
    }
};

Listing gather(Rows& rows, const Wish& wish) {
    auto fetch = [&](service::Page page) { return rows.fetch(page); };
    auto show = [&](std::size_t number) {
        return json::object{{"id", id_at(number).str()},
                            {"number", number},
                            {"text", json::array{std::string(rows.bytes, 't')}}};
    };
    Listing listing;
    const auto work = [&]() -> task<> {
        listing = (co_await edlink::gather(&wish, &fetch, &show)).value();
    };
    run(work());
    return listing;
}

std::vector<std::size_t> numbers(const Listing& listing) {
    std::vector<std::size_t> found;
    for (const auto& item : listing.items)
        found.push_back(item.at("number").to_number<std::size_t>());
    return found;
}

// All of it, page by page; a page that is not the first has a cursor.
std::vector<std::vector<std::size_t>> pages(Rows& rows, Wish wish) {
    std::vector<std::vector<std::size_t>> found;
    for (;;) {
        const auto listing = gather(rows, wish);
        found.push_back(numbers(listing));
        if (!listing.next || found.size() > 1000) return found;
        (wish.backwards ? wish.before : wish.after) = listing.next;
    }
}

TEST(Listing, PagesInBothDirections) {
    for (const std::size_t part : {1U, 2U, 3U, 1000U})
        for (const bool backwards : {false, true})
            for (std::size_t limit = 1; limit <= 8; ++limit) {
                Rows rows{.rows = 7, .part = part};
                auto all = pages(rows, {.limit = limit, .backwards = backwards});
                EXPECT_EQ(all.size(), (7 + limit - 1) / limit);
                if (backwards) std::ranges::reverse(all);
                std::vector<std::size_t> joined;
                for (const auto& page : all)
                    joined.insert(joined.end(), page.begin(), page.end());
                EXPECT_EQ(joined, (std::vector<std::size_t>{0, 1, 2, 3, 4, 5, 6}));
            }
}

// What a page hides is made up for by looking further.
TEST(Listing, HiddenRowsDoNotShortenAPage) {
    Rows rows{.rows = 100, .shown = 10, .part = 7};
    EXPECT_EQ(numbers(gather(rows, {.limit = 3})), (std::vector<std::size_t>{0, 10, 20}));
    const Wish last{.limit = 2, .backwards = true};
    EXPECT_EQ(numbers(gather(rows, last)), (std::vector<std::size_t>{80, 90}));
}

TEST(Listing, LooksAtSoManyRowsForOnePage) {
    Rows rows{.rows = 50'001, .shown = 50'000};
    const auto first = gather(rows, {.limit = 1000, .after = id_at(0)});
    EXPECT_TRUE(first.items.empty());
    EXPECT_EQ(first.next, id_at(edlink::kMostLookedAt));
    EXPECT_EQ(rows.read, edlink::kMostLookedAt);
    EXPECT_EQ(pages(rows, {.limit = 1000}).back(), std::vector<std::size_t>{50'000});
    // So it is with a filter.
    rows = {.rows = 50'001};
    const auto query =
        Query::from(json::serialize(json::array{
                        R"({"number":[{"operator":"equals","value":"50000"}]})", "", ""}))
            .value();
    const auto filtered = gather(rows, {.limit = 10, .query = query});
    EXPECT_TRUE(filtered.items.empty());
    EXPECT_EQ(rows.read, edlink::kMostLookedAt);
    EXPECT_EQ(pages(rows, {.limit = 10, .query = query}).back(), std::vector<std::size_t>{50'000});
}

TEST(Listing, TooLongToBeReadFromItsEnd) {
    Rows rows{.rows = edlink::kMostLookedAt + 1};
    Wish wish{.limit = 5, .backwards = true};
    const auto listing = gather(rows, wish);
    EXPECT_TRUE(listing.too_long);
    EXPECT_TRUE(listing.items.empty());
    EXPECT_EQ(rows.read, edlink::kMostLookedAt);
    // What is before something near the start is near the start.
    wish.before = id_at(3000);
    rows.read = 0;
    EXPECT_EQ(numbers(gather(rows, wish)),
              (std::vector<std::size_t>{2995, 2996, 2997, 2998, 2999}));
    EXPECT_LE(rows.read, 4000U);
    rows.rows = edlink::kMostLookedAt;
    EXPECT_FALSE(gather(rows, {.limit = 5, .backwards = true}).too_long);
}

// A reply is in memory as a whole; however long, one item is shown.
TEST(Listing, LongItemsEndAPageEarly) {
    for (const bool backwards : {false, true}) {
        Rows rows{.rows = 10, .bytes = 1'500'000};
        auto all = pages(rows, {.limit = 10, .backwards = backwards});
        EXPECT_GE(all.size(), 3U);
        std::vector<std::size_t> joined;
        if (backwards) std::ranges::reverse(all);
        for (const auto& page : all) {
            EXPECT_LE(page.size(), 3U);
            joined.insert(joined.end(), page.begin(), page.end());
        }
        EXPECT_EQ(joined.size(), 10U);
        EXPECT_TRUE(std::ranges::is_sorted(joined));
        rows.bytes = 5'000'000;
        EXPECT_EQ(pages(rows, {.limit = 10, .backwards = backwards}).size(), 10U);
    }
}

TEST(Listing, AThousandAPage) {
    Rows rows{.rows = 2500};
    EXPECT_EQ(gather(rows, {.limit = 10'000}).items.size(), 1000U);
    EXPECT_EQ(gather(rows, {.limit = 10'000, .backwards = true}).items.size(), 1000U);
}

}  // namespace
}  // namespace handin::test
