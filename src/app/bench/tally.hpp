// What came of the requests.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "app/bench/histogram.hpp"

namespace handin::bench {

struct Tally {
    std::uint64_t requests = 0;                   // answered, or failed
    std::uint64_t ok = 0;                         // answered 2xx; only these have a latency
    std::map<std::string, std::uint64_t> errors;  // by status, or "closed", "unanswered"
    std::string first_error;                      // the start of its body
    Histogram latency;
    std::uint64_t uncounted = 0;  // closed loop: answered after the time was up
    double seconds = 0;           // from the start to the end of what was counted
    bool ran_out = false;         // the source had no more requests before the time was up

    void add(const Tally& other);
};

}  // namespace handin::bench
