// Stamps of commits: about microseconds since 1970, and greater than every stamp that was seen
// before, on whichever node it was made. So what was decided on a row comes after it.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/time.hpp"

namespace handin::store::postgres {

class BatchClock {
 public:
    void saw(std::int64_t stamp) {
        auto last = last_.load();
        while (stamp > last && !last_.compare_exchange_weak(last, stamp)) {
        }
    }
    std::int64_t next(Time now) {
        saw(to_micros(now));
        return ++last_;
    }

 private:
    std::atomic<std::int64_t> last_ = 0;
};

}  // namespace handin::store::postgres
