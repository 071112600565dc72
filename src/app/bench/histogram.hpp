// Latencies counted in steps of less than 1 %, so that any number of them costs the same memory.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

namespace handin::bench {

class Histogram {
 public:
    Histogram();
    void add(std::chrono::nanoseconds latency);
    void add(const Histogram& other);

    // Milliseconds within which this share of them were answered (0.5 is the median); 0 if none.
    double quantile(double share) const;
    double max() const;

 private:
    std::vector<std::uint64_t> counts_;
    std::uint64_t total_ = 0;
    std::uint64_t max_ = 0;  // ns
};

}  // namespace handin::bench
