// Tokens, integrations, API users and grants: made, listed and taken back, each change with its
// line in the audit. What is taken back is good for nothing as soon as the answer is there.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/task.hpp"
#include "base/time.hpp"
#include "domain/access.hpp"
#include "domain/refusal.hpp"
#include "service/administration/changer.hpp"
#include "service/coursework.hpp"
#include "store/store.hpp"

namespace handin::service {

// A row, and the secret that is known only now.
template <class Row>
struct Issued {
    Row row;
    std::string secret;
};

struct NewToken {
    enum class Kind : std::uint8_t { person, integration, application, admin };
    Kind kind = Kind::person;
    // A person's id, login, SIS id or university id; an integration's id or client_id; an API
    // user's id or username.
    std::string owner = {};
    std::string name = {};
    std::optional<std::string> account = {};  // id; nothing: the only one
    std::optional<Time> expires_at = {};
};

struct NewIntegration {
    std::string name;
    std::optional<std::string> account = {};
};

struct NewApiUser {
    std::string username;
    std::optional<std::string> password = {};  // nothing: one is made
    std::optional<std::string> account = {};
};

struct NewGrant {
    domain::Grant::Holder holder = domain::Grant::Holder::api_user;
    std::string owner = {};  // as in NewToken
    std::string permission = {};
    bool allow = true;
    domain::Grant::Scope scope = domain::Grant::Scope::account;
    std::string scope_id =
        {};  // id; a department's code; a person as in NewToken; a class's SIS id
    std::optional<std::string> account = {};
};

class Administration {
 public:
    // All outlive it.
    Administration(store::Store& store, Committer& committer, const Clock& clock)
        : store_(store), clock_(clock), changer_(store, committer, clock) {}

    // Everything throws TryLater if it cannot be done now.

    task<Administered<Issued<domain::Token>>> create_token(Operator by, NewToken wanted);
    task<Administered<domain::Token>> revoke_token(Operator by, Uuid id);
    task<Listed<domain::Token>> tokens(Operator by, store::TokenFilter filter, Page page);

    task<Administered<Issued<domain::Integration>>> create_integration(Operator by,
                                                                       NewIntegration wanted);
    task<Administered<domain::Integration>> set_integration_state(Operator by,
                                                                  std::string integration,
                                                                  domain::Integration::State state);
    task<Administered<Issued<domain::Integration>>> rotate_secret(Operator by,
                                                                  std::string integration);
    task<Listed<domain::Integration>> integrations(Operator by, Page page);

    task<Administered<Issued<domain::ApiUser>>> create_api_user(Operator by, NewApiUser wanted);
    // With its tokens and grants.
    task<Administered<domain::ApiUser>> remove_api_user(Operator by, std::string user);
    task<Listed<domain::ApiUser>> api_users(Operator by, Page page);

    task<Administered<domain::Grant>> add_grant(Operator by, NewGrant wanted);
    task<Administered<domain::Grant>> remove_grant(Operator by, Uuid id);
    task<Listed<domain::Grant>> grants(Operator by, std::optional<Uuid> holder_id, Page page);

    // What was changed that is not kept with the rest: a line in the audit, of the installation.
    task<void> note(Operator by, std::string action, std::string target, std::string detail);
    task<Listed<domain::AuditEntry>> audit(Operator by, store::AuditFilter filter, Page page);

 private:
    task<Administered<void>> change(const Operator* by, std::string_view action,
                                    Changer::Planner plan) {
        return changer_.change(by, action, std::move(plan));
    }

    store::Store& store_;
    const Clock& clock_;
    Changer changer_;
};

}  // namespace handin::service
