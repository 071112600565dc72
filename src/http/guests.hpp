// Inside http/: how many connections each remote address has. For any thread.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

namespace handin::http {

class Guests {
 public:
    // One connection of an address; it counts until this is destroyed.
    class Guest {
     public:
        Guest() = default;
        Guest(Guests& guests, std::string address)
            : guests_(&guests), address_(std::move(address)) {}
        ~Guest() {
            if (guests_ != nullptr) guests_->leave(address_);
        }
        Guest(Guest&& other) noexcept
            : guests_(std::exchange(other.guests_, nullptr)), address_(std::move(other.address_)) {}
        Guest& operator=(Guest&&) = delete;

     private:
        Guests* guests_ = nullptr;
        std::string address_;
    };

    // False if the address has `most` connections already.
    bool enter(const std::string& address, std::size_t most) {
        const std::lock_guard lock(mutex_);
        auto& count = counts_[address];
        if (count >= most) return false;
        ++count;
        return true;
    }

 private:
    void leave(const std::string& address) {
        const std::lock_guard lock(mutex_);
        const auto found = counts_.find(address);
        if (found != counts_.end() && --found->second == 0) counts_.erase(found);
    }

    std::mutex mutex_;
    std::unordered_map<std::string, std::size_t> counts_;
};

}  // namespace handin::http
