// From a bearer token to an actor, and from an actor to the permit that service functions ask for.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/task.hpp"
#include "base/time.hpp"
#include "domain/access.hpp"
#include "domain/may.hpp"
#include "store/store.hpp"

namespace handin::service {

enum class AuthFailure : std::uint8_t {
    unknown,  // no token, one nobody was given, or one of the wrong kind
    expired,
    integration_disabled,  // edlink.md 1.1
};

// What somebody wants to do something to.
struct Where {
    std::optional<Uuid> class_id = {};
    std::optional<Uuid> assignment_id = {};
    std::optional<Uuid> person_id = {};
};

// The command line, at work on an installation's own data: its token is made for one run and is
// kept nowhere.
struct LocalOperator {
    Digest256 token_hash{};
    std::string name;  // in the audit
};

class Access {
 public:
    // Both outlive it.
    Access(store::Store& store, const Clock& clock, std::optional<LocalOperator> local = {})
        : store_(store), clock_(clock), local_(std::move(local)) {}

    // `token` as it was given out; only a token of kind `wanted` is good here.
    task<std::expected<domain::Actor, AuthFailure>> authenticate(std::string_view token,
                                                                 domain::Token::Kind wanted);
    // The same for any token by which requests are made (not one that is only exchanged).
    task<std::expected<domain::Actor, AuthFailure>> authenticate(std::string_view token);

    // Nothing: they may not, or there is no such class, assignment or person.
    task<std::optional<domain::Permit>> permit(domain::Actor actor, domain::Permission permission,
                                               Where where = {});

    std::string_view local_name() const { return local_ ? local_->name : std::string_view(); }

 private:
    task<std::expected<domain::Actor, AuthFailure>> find(std::string_view token,
                                                         std::optional<domain::Token::Kind> wanted);

    store::Store& store_;
    const Clock& clock_;
    std::optional<LocalOperator> local_;
};

}  // namespace handin::service
