#include "app/bench/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace handin::bench {
namespace {

// A power of two is cut into 128 steps: the upper bits of the number are the index.
constexpr unsigned kBits = 7;
constexpr std::uint64_t kSteps = 1U << kBits;
constexpr double kNanosPerMilli = 1e6;

std::size_t index_of(std::uint64_t value) {
    const auto width = static_cast<unsigned>(std::bit_width(value));
    if (width <= kBits + 1) return value;
    const unsigned shift = width - kBits - 1;
    return (shift + 1) * kSteps + (value >> shift) - kSteps;
}

// The largest value of a step.
std::uint64_t value_of(std::size_t index) {
    if (index < 2 * kSteps) return index;
    const auto shift = index / kSteps - 1;
    return ((index % kSteps + kSteps + 1) << shift) - 1;
}

}  // namespace

Histogram::Histogram() : counts_((64 - kBits) * kSteps + kSteps) {}

void Histogram::add(std::chrono::nanoseconds latency) {
    const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(latency.count(), 0));
    ++counts_[index_of(value)];
    ++total_;
    max_ = std::max(max_, value);
}

void Histogram::add(const Histogram& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i)
        counts_[i] += other.counts_[i];
    total_ += other.total_;
    max_ = std::max(max_, other.max_);
}

double Histogram::quantile(double share) const {
    const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(total_)));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size() && total_ > 0; ++i) {
        seen += counts_[i];
        if (seen >= std::max<std::uint64_t>(wanted, 1))
            return static_cast<double>(std::min(value_of(i), max_)) / kNanosPerMilli;
    }
    return 0;
}

double Histogram::max() const {
    return static_cast<double>(max_) / kNanosPerMilli;
}

}  // namespace handin::bench
