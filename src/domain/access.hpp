// Who is asking: tokens, integrations, API users, and the actor that a checked token becomes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "base/hash.hpp"
#include "base/time.hpp"
#include "base/uuid.hpp"

namespace handin::domain {

// An application that a school has connected (edlink.md 1.1).
struct Integration {
    enum class State : std::uint8_t { active, paused, disabled };

    Uuid id;
    Uuid account_id;
    std::int64_t number = 0;
    std::string name;
    std::string client_id;
    Digest256 client_secret_hash{};
    State state = State::active;
    Time created_at;

    bool usable() const { return state != State::disabled; }
};

// A bearer token. Only its hash is kept.
struct Token {
    // admin: of the installation, may do everything. application: of an API user, may do what its
    // grants say.
    enum class Kind : std::uint8_t { access, refresh, integration, admin, application };

    Digest256 hash{};
    Uuid account_id;
    Kind kind = Kind::access;
    std::optional<Uuid> person_id;          // access, refresh
    std::optional<Uuid> integration_id;     // of an application's tokens
    std::optional<Digest256> refresh_hash;  // the refresh token that an access token came from
    Time created_at;
    std::optional<Time> expires_at;
    std::optional<Uuid> api_user_id = {};  // application
    std::string name = {};                 // for whoever has to tell them apart

    bool expired(Time now) const { return expires_at && *expires_at <= now; }
    // What it is called where it must not be told: the first half of its hash.
    Uuid id() const {
        Uuid id;
        std::copy_n(hash.begin(), id.bytes.size(), id.bytes.begin());
        return id;
    }
};

// A system that signs in with a password (tabula.md 1.2).
struct ApiUser {
    Uuid id;
    Uuid account_id;
    std::string username;
    std::string password_hash;  // Argon2id, encoded
    Time created_at;
};

// What somebody may do beside what their roles allow, or may not do at all, and where (tabula.md
// 2).
struct Grant {
    enum class Holder : std::uint8_t { api_user, person, integration };
    enum class Scope : std::uint8_t { account, department, klass, assignment, person };

    Uuid id;
    Holder holder = Holder::api_user;
    Uuid holder_id;
    std::string permission;  // for example Submission.CreateOnBehalfOf
    bool allow = true;
    Scope scope = Scope::account;
    Uuid scope_id;
};

// A checked caller. service::Access makes them; service functions ask for one.
struct Actor {
    Token::Kind kind = Token::Kind::access;
    Uuid account_id;
    std::optional<Uuid> person_id;
    std::optional<Uuid> integration_id;
    std::optional<std::int64_t> integration_number;
    std::optional<Uuid> api_user_id = {};
    Uuid token_id = {};  // nil: the command line, on the installation's own data
};

}  // namespace handin::domain
