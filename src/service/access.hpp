// From a bearer token to a checked actor.
#pragma once

#include <cstdint>
#include <expected>
#include <string_view>

#include "base/task.hpp"
#include "base/time.hpp"
#include "domain/access.hpp"
#include "store/store.hpp"

namespace handin::service {

enum class AuthFailure : std::uint8_t {
    unknown,  // no token, one nobody was given, or one of the wrong kind
    expired,
    integration_disabled,  // edlink.md 1.1
};

class Access {
 public:
    // Both outlive it.
    Access(store::Store& store, const Clock& clock) : store_(store), clock_(clock) {}

    // `token` as it was given out; only a token of kind `wanted` is good here.
    task<std::expected<domain::Actor, AuthFailure>> authenticate(std::string_view token,
                                                                 domain::Token::Kind wanted);

 private:
    store::Store& store_;
    const Clock& clock_;
};

}  // namespace handin::service
