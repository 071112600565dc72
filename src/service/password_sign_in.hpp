// API users sign in with a password at every request (tabula.md 1.2). What has been found right is
// remembered for minutes, so that this costs a keyed hash and a row; what is wrong is throttled.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <expected>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/pool.hpp"
#include "base/task.hpp"
#include "base/time.hpp"
#include "domain/access.hpp"
#include "service/throttle.hpp"
#include "store/store.hpp"

namespace handin::service {

// Nobody has that name and password. `wait`: not looked at, for there were too many wrong ones.
struct WrongPassword {
    std::chrono::seconds wait{0};
};

class PasswordSignIn {
 public:
    // Both outlive it.
    PasswordSignIn(store::Store& store, const Clock& clock);

    // `address`: from where. Throws Overloaded if too many passwords wait to be looked at.
    task<std::expected<domain::Actor, WrongPassword>> sign_in(std::string username,
                                                              std::string password,
                                                              std::string address);

    // Passwords that were really looked at, which is slow on purpose.
    std::uint64_t verified() const { return verified_; }

    // Blocks until nothing is looked at; before what its callers run on goes (Pool::drain).
    void drain() { verifier_.drain(); }

 private:
    using Key = std::string;  // hash of name and password, keyed by a secret of this process
    struct Right {
        std::string password_hash;  // of the row: another password makes it worth nothing
        Time until;
    };
    struct Attempt;

    bool remembers(const Attempt& attempt);
    void remember(const Attempt& attempt);
    std::chrono::seconds wait_of(const Attempt& attempt) const;
    std::expected<void, WrongPassword> verify(const Attempt& attempt);

    store::Store& store_;
    const Clock& clock_;
    std::array<std::uint8_t, 32> secret_{};
    std::string nobodys_hash_;  // so that a name that nobody has takes as long
    mutable std::mutex mutex_;
    std::unordered_map<Key, Right> right_;
    Throttle from_address_, of_user_, of_both_;
    std::atomic<std::size_t> waiting_ = 0;
    std::atomic<std::uint64_t> verified_ = 0;
    Pool verifier_;  // last: what it runs uses all of the above
};

}  // namespace handin::service
