#include "app/bench/driver.hpp"

#include <algorithm>
#include <future>
#include <memory>
#include <vector>

#include "app/bench/loop.hpp"

namespace handin::bench {
namespace {

// The share of one of `parts` in what is counted in whole pieces.
template <class Number>
Number share(Number whole, unsigned parts, unsigned part) {
    return whole / parts + (part < whole % parts ? 1 : 0);
}

}  // namespace

void Tally::add(const Tally& other) {
    requests += other.requests;
    ok += other.ok;
    for (const auto& [status, count] : other.errors)
        errors[status] += count;
    if (first_error.empty()) first_error = other.first_error;
    latency.add(other.latency);
    uncounted += other.uncounted;
    seconds = std::max(seconds, other.seconds);
    ran_out = ran_out || other.ran_out;
}

Tally drive(const Address& address, Source& source, const Load& load) {
    auto threads = std::clamp(load.threads, 1U, load.clients);
    if (load.requests > 0 && load.requests < threads) threads = 1;
    std::vector<std::unique_ptr<Loop>> loops;
    for (unsigned i = 0; i < threads; ++i) {
        auto part = load;
        part.clients = share(load.clients, threads, i);
        part.requests = share(load.requests, threads, i);
        part.rate = load.rate / threads;
        loops.push_back(std::make_unique<Loop>(address, source, part));
    }
    std::vector<std::future<Tally>> others;
    for (unsigned i = 1; i < threads; ++i)
        others.push_back(
            std::async(std::launch::async, [&loop = *loops[i]] { return loop.run(); }));
    auto tally = loops.front()->run();
    for (auto& other : others)
        tally.add(other.get());
    return tally;
}

}  // namespace handin::bench
