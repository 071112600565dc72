// Who is too slow a reader, and who is only slow.
#include "http/reply_pace.hpp"

#include <gtest/gtest.h>

namespace handin::http::test {
namespace {

using namespace std::chrono_literals;

// Looks at a client every half second, which takes so many bytes a second meanwhile.
struct Watched {
    Limits limits{.write_timeout = 10s, .reply_rate = 100};
    ReplyPace pace{limits};
    ReplyPace::Clock::time_point now{1h};
    double acknowledged = 0;

    // How long it lasted; `most` if it was never too slow.
    std::chrono::milliseconds wait(double rate, std::chrono::milliseconds most) {
        pace.begin_wait(now);
        for (auto passed = 500ms; passed <= most; passed += 500ms) {
            now += 500ms;
            acknowledged += rate / 2;
            if (pace.too_slow(now, static_cast<std::uint64_t>(acknowledged))) return passed;
        }
        pace.end_wait(now);
        return most;
    }
};

TEST(ReplyPace, WhoTakesEnoughIsWaitedForAsLongAsItTakes) {
    EXPECT_EQ(Watched().wait(100, 1h), 1h);
    EXPECT_EQ(Watched().wait(99, 1h), 10s);
    EXPECT_EQ(Watched().wait(0.1, 1h), 10s);
}

TEST(ReplyPace, WhoTakesNothingIsNotWaitedFor) {
    Watched client;
    client.limits.reply_rate = 0;
    EXPECT_EQ(client.wait(0.5, 1h), 1h);  // no bound but that
    EXPECT_EQ(client.wait(0, 1h), 10s);
}

TEST(ReplyPace, AStallIsSeenAtOnceThoughMuchWasTakenBefore) {
    Watched client;
    EXPECT_EQ(client.wait(1e6, 9s), 9s);
    EXPECT_EQ(client.wait(0, 1h), 10s);
}

TEST(ReplyPace, WaitsAddUpAndWhatIsBetweenThemDoesNotCount) {
    Watched client;
    for (int i = 0; i < 9; ++i) {
        EXPECT_EQ(client.wait(2, 1s), 1s);
        client.now += 1h;  // we have nothing to send
    }
    EXPECT_EQ(client.wait(2, 10s), 1s);
}

TEST(ReplyPace, BytesOfALongPauseCount) {
    Watched client;
    EXPECT_EQ(client.wait(0, 9s), 9s);
    client.acknowledged += 1000;
    EXPECT_EQ(client.wait(0, 9s), 9s);
}

}  // namespace
}  // namespace handin::http::test
