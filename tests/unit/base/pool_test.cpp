#include "base/pool.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <latch>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "support/run_task.hpp"

namespace handin {
namespace {

using test::run;

task<void> check_threads(Pool* pool) {
    const auto home = std::this_thread::get_id();
    const auto there = co_await pool->run([] { return std::this_thread::get_id(); });
    EXPECT_NE(there, home);
    EXPECT_EQ(std::this_thread::get_id(), home);
}

TEST(Pool, WorksElsewhereAndResumesAtHome) {
    Pool pool(2);
    run(check_threads(&pool));
}

task<std::unique_ptr<std::string>> make_text(Pool* pool) {
    auto text = std::make_unique<std::string>("moved");
    co_return co_await pool->run([text = std::move(text)]() mutable { return std::move(text); });
}

TEST(Pool, TakesAndReturnsWhatOnlyMoves) {
    Pool pool(1);
    EXPECT_EQ(*run(make_text(&pool)), "moved");
}

task<void> check_each(Pool* pool) {
    const auto home = std::this_thread::get_id();
    std::array<std::thread::id, 8> where{};
    std::latch both(2);
    co_await pool->run_each(where.size(), [&](std::size_t index) {
        where[index] = std::this_thread::get_id();
        if (index < 2) both.arrive_and_wait();  // at the same time
    });
    EXPECT_EQ(std::this_thread::get_id(), home);
    for (const auto& each : where) {
        EXPECT_NE(each, std::thread::id());
        EXPECT_NE(each, home);
    }
    co_await pool->run_each(0, [](std::size_t) { ADD_FAILURE(); });
}

TEST(Pool, DoesManyAtOnceAndResumesWhenAllAreDone) {
    Pool pool(2);
    run(check_each(&pool));
}

task<void> fail_one(Pool* pool, std::atomic<int>* done) {
    co_await pool->run_each(8, [=](std::size_t index) {
        ++*done;
        if (index == 3) throw std::runtime_error("three");
    });
}

TEST(Pool, ThrowsWhenAllAreDone) {
    Pool pool(2);
    std::atomic<int> done = 0;
    EXPECT_THROW(run(fail_one(&pool, &done)), std::runtime_error);
    EXPECT_EQ(done, 8);
}

task<int> fail(Pool* pool, bool with_result) {
    if (with_result)
        co_return co_await pool->run([]() -> int { throw std::runtime_error("value"); });
    co_await pool->run([] { throw std::runtime_error("void"); });
    co_return 0;
}

TEST(Pool, ThrowsToTheCallerAndGoesOn) {
    Pool pool(1);
    EXPECT_THROW(run(fail(&pool, true)), std::runtime_error);
    EXPECT_THROW(run(fail(&pool, false)), std::runtime_error);
    run(check_threads(&pool));
}

task<void> meet(Pool* pool, std::latch* all) {
    co_await pool->run([all] { all->arrive_and_wait(); });
}

TEST(Pool, RunsAsManyAtOnceAsItHasThreads) {
    asio::io_context io(1);  // goes after the pool: see Pool::drain
    Pool pool(4);
    std::latch all(4);
    for (int i = 0; i < 4; ++i)
        asio::co_spawn(io, meet(&pool, &all), asio::detached);
    io.run();  // would not return otherwise
}

TEST(Pool, FinishesWhatIsQueued) {
    std::atomic<int> done = 0;
    {
        Pool pool(2);
        for (int i = 0; i < 1000; ++i)
            pool.post([&done] { ++done; });
    }
    EXPECT_EQ(done, 1000);
}

TEST(Pool, DrainWaitsForWhatRunsAndWhatItHolds) {
    Pool pool(3);
    pool.drain();
    auto held = std::make_shared<int>(1);
    for (int i = 0; i < 100; ++i)
        pool.post([held] { std::this_thread::yield(); });
    pool.drain();
    EXPECT_EQ(held.use_count(), 1);
}

task<void> wait_in_pool(Pool* pool, std::latch* go, std::shared_ptr<int> held) {
    co_await pool->run([go] { go->wait(); });
    ADD_FAILURE() << "nobody runs the io_context";
    *held = 0;
}

// A shutdown that does not wait for requests: stop, drain, destroy.
TEST(Pool, WaitingCoroutineGoesWithItsContext) {
    Pool pool(1);
    std::latch go(1);
    const auto held = std::make_shared<int>(1);
    {
        asio::io_context io(1);
        asio::co_spawn(io, wait_in_pool(&pool, &go, held), asio::detached);
        io.run_one();
        go.count_down();
        pool.drain();
        EXPECT_EQ(held.use_count(), 2);
    }
    EXPECT_EQ(held.use_count(), 1);
}

task<void> many_hops(Pool* pool, std::atomic<int>* hops) {
    for (int i = 0; i < 50; ++i) {
        const int got = co_await pool->run([i] { return i; });
        EXPECT_EQ(got, i);
        ++*hops;
    }
}

TEST(Pool, ServesSeveralContexts) {
    std::array<asio::io_context, 3> contexts;
    Pool pool(4);
    std::atomic<int> hops = 0;
    {
        std::vector<std::jthread> threads;
        for (auto& io : contexts)
            threads.emplace_back([&] {
                for (int j = 0; j < 20; ++j)
                    asio::co_spawn(io, many_hops(&pool, &hops), asio::detached);
                io.run();
            });
    }
    EXPECT_EQ(hops, 3 * 20 * 50);
}

}  // namespace
}  // namespace handin
