// The outbox read with a cursor (DESIGN 7, GET /events).
#include "outbox/feed.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "store/sqlite/sqlite_store.hpp"
#include "support/commands.hpp"
#include "support/run_task.hpp"
#include "support/temporary_folder.hpp"

namespace handin::test {
namespace {

namespace json = boost::json;
using domain::Event;
using outbox::Feed;

constexpr auto kCreated = Event::Kind::submission_created;
constexpr auto kReclaimed = Event::Kind::submission_reclaimed;

class FeedTest : public testing::Test {
 protected:
    // One commit of these events; their versions go on.
    void commit(const std::vector<Event::Kind>& kinds) {
        domain::Changes changes;
        for (const auto kind : kinds) {
            auto& event = changes.events.emplace_back();
            event.kind = kind;
            event.after.attempts = ++events_;
        }
        const domain::Changes* const all[] = {&changes};
        writer_->commit(all);
    }

    struct Entry {
        std::int64_t sequence;
        json::value payload;
    };
    struct Page {
        std::vector<Entry> entries;
        std::int64_t next = 0;
    };

    // {"events":[{"sequence":N,"payload":{…}}],"next":N}
    Page read(std::int64_t after, std::size_t limit) {
        const auto reply = json::parse(run(feed_.read(after, limit))).as_object();
        EXPECT_EQ(reply.size(), 2U);
        Page page;
        page.next = reply.at("next").to_number<std::int64_t>();
        for (const auto& each : reply.at("events").as_array()) {
            EXPECT_EQ(each.as_object().size(), 2U);
            page.entries.push_back(
                {each.at("sequence").to_number<std::int64_t>(), each.at("payload")});
        }
        return page;
    }

    static std::vector<std::int64_t> attempts(const Page& page) {
        std::vector<std::int64_t> list;
        for (const auto& each : page.entries)
            list.push_back(each.payload.at("body").at("attempt").to_number<std::int64_t>());
        return list;
    }

    using Attempts = std::vector<std::int64_t>;

    TemporaryFolder folder_;
    store::sqlite::SqliteStore store_{folder_.path() / "handin.db"};
    std::unique_ptr<store::Writer> writer_ = store_.writer();
    Feed feed_{store_};
    std::uint32_t events_ = 0;
};

TEST_F(FeedTest, EmptyAtFirst) {
    const auto page = read(0, 10);
    EXPECT_TRUE(page.entries.empty());
    EXPECT_EQ(page.next, 0);
    EXPECT_EQ(read(7, 10).next, 7);
}

TEST_F(FeedTest, GoesOnWhereItEnded) {
    commit({kCreated, kCreated});
    commit({kCreated, kCreated, kCreated});
    const auto first = read(0, 2);
    EXPECT_EQ(attempts(first), (Attempts{1, 2}));
    EXPECT_EQ(first.next, first.entries.back().sequence);
    const auto second = read(first.next, 2);
    EXPECT_EQ(attempts(second), (Attempts{3, 4}));
    EXPECT_GT(second.entries.front().sequence, first.next);
    const auto third = read(second.next, 2);
    EXPECT_EQ(attempts(third), Attempts{5});
    const auto end = read(third.next, 2);
    EXPECT_TRUE(end.entries.empty());
    EXPECT_EQ(end.next, third.next);

    commit({kCreated});
    EXPECT_EQ(attempts(read(end.next, 2)), Attempts{6});
}

TEST_F(FeedTest, AnyPageSizeGivesTheSame) {
    commit(
        {kCreated, kReclaimed, kCreated, kReclaimed, kReclaimed, kCreated, kCreated, kReclaimed});
    for (std::size_t limit = 1; limit <= 9; ++limit) {
        Attempts all;
        std::int64_t after = 0;
        for (;;) {
            const auto page = read(after, limit);
            for (const auto attempt : attempts(page))
                all.push_back(attempt);
            EXPECT_LE(page.entries.size(), limit);
            if (page.next == after) break;  // how a client sees the end
            after = page.next;
        }
        EXPECT_EQ(all, (Attempts{1, 3, 6, 7})) << limit;
    }
}

// What has no Canvas form is passed over, and the cursor moves on.
TEST_F(FeedTest, PassesOverWhatCanvasHasNoEventFor) {
    commit({kReclaimed, kReclaimed, kCreated});
    const auto nothing = read(0, 2);
    EXPECT_TRUE(nothing.entries.empty());
    EXPECT_GT(nothing.next, 0);
    EXPECT_EQ(attempts(read(nothing.next, 2)), Attempts{3});
    EXPECT_EQ(attempts(read(0, 3)), Attempts{3});
}

TEST_F(FeedTest, GivesTheCanvasForm) {
    commit({kCreated});
    const auto page = read(0, 1);
    ASSERT_EQ(page.entries.size(), 1U);
    const auto& payload = page.entries[0].payload.as_object();
    EXPECT_EQ(payload.size(), 2U);
    EXPECT_EQ(payload.at("metadata").at("event_name"), "submission_created");
}

}  // namespace
}  // namespace handin::test
