// Work that one of several processes does at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace handin::store {

class Leases {
 public:
    virtual ~Leases() = default;
    // Takes the work of that name, or keeps it, for so long from now: the holder's epoch, which
    // grows with each new holder. Nothing: another process has it. Blocks. Throws Unavailable.
    virtual std::optional<std::int64_t> hold(const std::string& name,
                                             std::chrono::milliseconds life) = 0;
    // Lets go of it, if it is held. Blocks.
    virtual void release(const std::string& name) noexcept = 0;
};

// Whether the work is this process's: it is if no other can be at work on the store. Blocks.
inline bool holds(Leases* leases, const std::string& name, std::chrono::milliseconds life) {
    return leases == nullptr || leases->hold(name, life).has_value();
}

}  // namespace handin::store
