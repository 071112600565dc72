// The three keys that sign events: the one before, the one in use, and the next, which is published
// before it is used so that nobody meets an unknown one (canvas-live-events.md 3.3).
#pragma once

#include <chrono>
#include <expected>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "events/jws/rsa_key.hpp"
#include "store/deliveries.hpp"

namespace handin::outbox {

// Thread-safe. All functions block: on the store, and where keys are made for a second.
class KeyRing {
 public:
    static constexpr std::size_t kKeys = 3;

    // Both outlive it.
    KeyRing(store::Deliveries& deliveries, const Clock& clock)
        : deliveries_(deliveries), clock_(clock) {}

    // Makes the first keys if there are none.
    void prepare();
    // The next key is used from now on, the one before is forgotten, and there is a new next one.
    // Otherwise why not: something that the one to be forgotten has signed may still be delivered,
    // which nobody could check then. `whatever`: that does not matter, for a key has become known.
    std::expected<void, std::string> rotate(bool whatever = false);
    // rotate(), if the newest is older than that. On one thread only.
    void rotate_after(std::chrono::hours age);
    // Looks what the keys are: another node may have changed them.
    void reload();

    struct Signed {
        std::string token;
        std::string key_id;
    };
    // Compact serialization, by the key in use; prepares if need be.
    Signed sign(std::string_view payload);
    // The JSON Web Key Set, as of the last reload(); asks the store only if none is known.
    std::string jwks();

 private:
    struct Known {
        Time created_at;
        std::shared_ptr<const events::RsaKey> key;
    };
    std::vector<Known> known();
    std::string trouble_with_forgetting(const std::vector<Known>& keys);
    void add(std::size_t count);

    store::Deliveries& deliveries_;
    const Clock& clock_;
    std::mutex mutex_;
    std::vector<Known> keys_;  // oldest first
    std::string put_off_;      // why, as it was last said
};

}  // namespace handin::outbox
