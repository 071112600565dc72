// What the collector removes, and above all what it does not (DESIGN 5.5).
#include "service/collector.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "blob/local/folder.hpp"
#include "service/service_place.hpp"

namespace handin::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using service::Collector;

constexpr auto kOld = 48h;  // twice the age of what is removed

class CollectorTest : public testing::Test {
 protected:
    CollectorTest() {
        place_.clock.set(now_);
        place_.open();
    }

    // A file in the folder, as if it had been made so long ago by its id and by its own time.
    fs::path make_file(std::chrono::seconds id_age, std::chrono::seconds file_age) {
        const auto id = uuid_v7(now_ - id_age);
        const auto path = path_of(id);
        std::ofstream(path) << "bytes";
        known_.insert(path);
        return aged(path, file_age);
    }
    fs::path path_of(const Uuid& id) { return blob::local::path_of(place_.blob_folder(), id); }
    static fs::path aged(const fs::path& path, std::chrono::seconds age) {
        fs::last_write_time(path, fs::file_time_type::clock::now() - age);
        return path;
    }

    // A large file, handed in when the clock was that far back.
    fs::path hand_in_file(std::chrono::seconds age) {
        place_.clock.set(now_ - age);
        const auto accepted =
            hand_in(place_, {place_.school.student, {sent_file(std::string(20'000, 'x'))}});
        place_.clock.set(now_);
        EXPECT_TRUE(accepted);
        return aged(newest_file(), age);
    }

    fs::path newest_file() {
        fs::path newest;
        for (const auto& entry : fs::recursive_directory_iterator(place_.blob_folder()))
            if (entry.is_regular_file() && !known_.contains(entry.path())) newest = entry.path();
        known_.insert(newest);
        return newest;
    }

    void start(service::CollectorOptions options = {}) {
        options.every = 5ms;
        options.pause = 0ms;
        collector_.emplace(
            place_.store, place_.blobs, place_.clock, [this] { return busy_.load(); }, options);
    }
    void await_sweeps(std::uint64_t more) {
        const auto enough = collector_->sweeps() + more;
        while (collector_->sweeps() < enough)
            std::this_thread::sleep_for(1ms);
        place_.files();  // waits for the threads that remove
    }

    const Time now_ = SystemClock().now();
    ServicePlace place_;
    std::set<fs::path> known_;
    std::atomic<bool> busy_ = false;
    std::optional<Collector> collector_;
};

TEST_F(CollectorTest, RemovesWhatIsOldAndUnnamed) {
    const auto handed_in = hand_in_file(kOld);
    const auto orphan = make_file(kOld, kOld);
    const auto just_finished = make_file(kOld, 0s);  // an upload that took days
    const auto set_back = make_file(0s, kOld);       // the disk's clock was wrong
    const auto young = make_file(23h, 23h);
    start();
    await_sweeps(2);
    EXPECT_FALSE(fs::exists(orphan));
    for (const auto& path : {handed_in, just_finished, set_back, young})
        EXPECT_TRUE(fs::exists(path)) << path;
    EXPECT_EQ(collector_->removed(), 1U);
}

TEST_F(CollectorTest, LooksAtAllInBatches) {
    std::vector<fs::path> kept, gone;
    for (int i = 0; i < 20; ++i) {
        gone.push_back(make_file(kOld + std::chrono::minutes(i), kOld));
        if (i % 4 == 0) kept.push_back(hand_in_file(kOld + std::chrono::minutes(i)));
    }
    start({.batch = 3});
    await_sweeps(2);
    for (const auto& path : gone)
        EXPECT_FALSE(fs::exists(path));
    for (const auto& path : kept)
        EXPECT_TRUE(fs::exists(path));
    EXPECT_EQ(collector_->removed(), gone.size());
}

TEST_F(CollectorTest, RestsWhileCommitsWait) {
    const auto orphan = make_file(kOld, kOld);
    busy_ = true;
    start();
    std::this_thread::sleep_for(250ms);
    EXPECT_TRUE(fs::exists(orphan));
    EXPECT_EQ(collector_->sweeps(), 0U);
    busy_ = false;
    await_sweeps(1);
    EXPECT_FALSE(fs::exists(orphan));
}

// A commit of unknown outcome may turn out at the next start to have named its files, so they stay,
// however old, until a store without doubts says that no row does.
TEST_F(CollectorTest, RemovesNothingWhileACommitIsInDoubt) {
    place_.store.on_commit = [] { throw store::Broken("the sync failed"); };
    EXPECT_THROW(hand_in(place_, {place_.school.student, {sent_file(std::string(20'000, 'x'))}}),
                 service::InDoubt);
    const auto path = newest_file();
    ASSERT_FALSE(path.empty());
    place_.store.in_doubt = true;
    aged(path, kOld);
    place_.clock.set(now_ + kOld);
    start();
    await_sweeps(3);
    EXPECT_TRUE(fs::exists(path));
    collector_.reset();
    place_.store.in_doubt = false;  // started again, and the commit had not happened
    start();
    await_sweeps(1);
    EXPECT_FALSE(fs::exists(path));
}

TEST_F(CollectorTest, StopsInTheMiddle) {
    for (int i = 0; i < 10; ++i)
        make_file(kOld, kOld);
    service::CollectorOptions options{.every = 1ms, .pause = 1h};
    collector_.emplace(place_.store, place_.blobs, place_.clock, [] { return false; }, options);
    while (collector_->removed() == 0)
        std::this_thread::sleep_for(1ms);
    collector_.reset();  // does not wait for the hour
    EXPECT_EQ(place_.files(), 9U);
}

// Handing in goes on meanwhile, and nothing that was accepted is touched.
TEST_F(CollectorTest, WorksBesideSubmits) {
    for (int i = 0; i < 50; ++i)
        make_file(kOld, kOld);
    start({.batch = 7});
    for (int i = 0; i < 20; ++i) {
        const auto accepted =
            hand_in(place_, {place_.school.student, {sent_file(std::string(20'000, 'x'))}});
        ASSERT_TRUE(accepted);
    }
    await_sweeps(2);
    EXPECT_EQ(collector_->removed(), 50U);
    EXPECT_EQ(place_.files(), 20U);
}

}  // namespace
}  // namespace handin::test
