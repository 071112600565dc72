#include "scan/slots.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <thread>
#include <vector>

namespace handin::test {
namespace {

using scan::Slots;

struct Counter {
    std::atomic<int> now = 0;
    std::atomic<int> most = 0;
    std::atomic<int> done = 0;
};

task<void> use(Slots* slots, Counter* counter) {
    const auto slot = co_await slots->take();
    const int now = ++counter->now;
    for (int most = counter->most; most < now;)
        counter->most.compare_exchange_weak(most, now);
    for (int i = 0; i < 3; ++i)  // lets others run
        co_await asio::post(co_await asio::this_coro::executor, use_task);
    --counter->now;
    ++counter->done;
}

TEST(Slots, SoManyAtATimeAndAllInTheEnd) {
    Slots slots(3);
    Counter counter;
    std::vector<std::unique_ptr<asio::io_context>> contexts;
    for (int thread = 0; thread < 4; ++thread) {
        auto& context = *contexts.emplace_back(std::make_unique<asio::io_context>(1));
        for (int i = 0; i < 250; ++i)
            asio::co_spawn(context, use(&slots, &counter), asio::detached);
    }
    {
        std::vector<std::jthread> threads;
        for (auto& context : contexts)
            threads.emplace_back([&context = *context, &counter] {
                const auto guard = asio::make_work_guard(context);
                while (counter.done < 1000)
                    context.run_for(std::chrono::milliseconds(5));
            });
    }
    EXPECT_EQ(counter.done, 1000);
    EXPECT_LE(counter.most, 3);
    EXPECT_GE(counter.most, 2);
}

task<void> note(Slots* slots, int number, std::vector<int>* order) {
    const auto slot = co_await slots->take();
    order->push_back(number);
}

TEST(Slots, FirstComeFirstServed) {
    Slots slots(1);
    asio::io_context context(1);
    std::vector<int> order;
    for (int i = 0; i < 5; ++i)
        asio::co_spawn(context, note(&slots, i, &order), asio::detached);
    context.run();
    EXPECT_EQ(order, (std::vector{0, 1, 2, 3, 4}));
}

}  // namespace
}  // namespace handin::test
