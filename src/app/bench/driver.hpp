// Sends requests over a number of connections and counts the answers.
#pragma once

#include "app/bench/demo_file.hpp"
#include "app/bench/options.hpp"
#include "app/bench/source.hpp"
#include "app/bench/tally.hpp"

namespace handin::bench {

// Closed loop (no rate): each connection sends its next request when it has its answer; counted is
// what was answered in time. Open loop: requests arrive by chance at a rate, wait for a free
// connection if they must, and count from their arrival; all that arrived in time are waited for.
// Blocks. Throws std::runtime_error if the server cannot be reached.
Tally drive(const Address& address, Source& source, const Load& load);

}  // namespace handin::bench
