// May an actor do something to something? One function decides, whoever asks through whichever API.
#pragma once

#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "domain/access.hpp"
#include "domain/permission.hpp"

namespace handin::domain {

// What something is done to, and what that belongs to (tabula.md 2, scope resolution): a grant on
// any of these covers it.
struct Target {
    Uuid account_id;
    std::vector<Uuid> department_ids = {};
    std::vector<Uuid> class_ids = {};
    std::optional<Uuid> assignment_id = {};
    std::optional<Uuid> person_id = {};
};

// Who asks, with all that bears on the answer.
struct Standing {
    Actor actor;
    Roles roles = {};                // of the person, in the class of the target
    std::vector<Grant> grants = {};  // to the person, API user or integration itself
    std::vector<Grant> bounds = {};  // to the application that acts for a person: only denials
};

// A caller of whom it is known that they may. Only check() makes one, and service functions take
// nothing else.
class Permit {
 public:
    const Actor& actor() const { return actor_; }
    Permission permission() const { return permission_; }
    const Target& target() const { return target_; }
    const Roles& roles() const { return roles_; }

 private:
    Permit(Actor actor, Permission permission, Target target, Roles roles)
        : actor_(std::move(actor)),
          permission_(permission),
          target_(std::move(target)),
          roles_(roles) {}
    friend std::optional<Permit> check(const Standing&, Permission, Target);

    Actor actor_;
    Permission permission_;
    Target target_;
    Roles roles_;
};

// In this order (tabula.md 2): the admin token may everything; nobody else reaches into another
// account; what is denied is denied, also to whom a role or another grant allows it; what is
// granted is allowed; then what the roles in the class say. An integration's own token stands for
// the school (edlink.md 1.1): it may what is about coursework, and nothing that is done "as a
// student" or to the installation.
bool may(const Standing& standing, Permission permission, const Target& target);

std::optional<Permit> check(const Standing& standing, Permission permission, Target target);

}  // namespace handin::domain
