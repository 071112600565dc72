// How often something has gone wrong lately, by name. Bounded, whatever names are tried; for any
// thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/time.hpp"

namespace handin::service {

class Throttle {
 public:
    // At most `failures` of a name in a window; its first failure begins it.
    struct Limit {
        std::size_t failures = 10;
        std::chrono::seconds window{60};
    };

    explicit Throttle(Limit limit) : limit_(limit) {}

    // How long the name has to wait; nothing: it need not.
    std::optional<std::chrono::seconds> wait(const std::string& name, Time now) const;
    void failed(const std::string& name, Time now);
    void forget(const std::string& name);

    std::size_t size() const;

    // More names than that are not told apart: those that wait longest are forgotten.
    static constexpr std::size_t kMostNames = 4096;

 private:
    struct Count {
        std::size_t failures = 0;
        Time since;
    };
    bool over(const Count& count, Time now) const { return now - count.since >= limit_.window; }
    void make_room(Time now);

    const Limit limit_;
    mutable std::mutex mutex_;
    std::unordered_map<std::string, Count> counts_;
};

}  // namespace handin::service
