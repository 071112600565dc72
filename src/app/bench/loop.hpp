// One thread's share of the load: its connections, in an epoll loop.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <random>
#include <vector>

#include "app/bench/connection.hpp"
#include "app/bench/demo_file.hpp"
#include "app/bench/options.hpp"
#include "app/bench/source.hpp"
#include "app/bench/tally.hpp"

namespace handin::bench {

class Loop {
 public:
    // Connects. Throws std::runtime_error if the server cannot be reached.
    Loop(const Address& address, Source& source, const Load& load);
    ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    Tally run();

 private:
    using Instant = Connection::Instant;

    bool open() const { return load_.rate > 0; }
    bool may_begin(Instant now) const;
    bool may_arrive(Instant now) const;
    bool done(Instant now) const;

    void arrive(Instant now);
    void begin(Instant counted_from);
    void wait(Instant now);
    void take(unsigned index);
    void count(const Connection& connection, Instant now);
    void reconnect(unsigned index);
    void watch(unsigned index, unsigned events, int operation);

    Address address_;
    Source& source_;
    Load load_;
    Trust trust_;  // null: plain HTTP
    int epoll_;
    std::vector<std::unique_ptr<Connection>> connections_;
    std::vector<unsigned> idle_;  // indexes of connections
    std::uint64_t begun_ = 0;
    std::uint64_t busy_ = 0;

    // Open loop: when the next request arrives, and those that found no connection free.
    std::mt19937_64 random_;
    std::exponential_distribution<double> gap_;  // seconds
    Instant next_arrival_;
    std::deque<Instant> waiting_;

    Instant start_, end_, last_answer_;
    Tally tally_;
    Connection::Scratch scratch_;
};

}  // namespace handin::bench
