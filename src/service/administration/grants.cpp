#include <algorithm>

#include "base/json_writer.hpp"
#include "domain/permission.hpp"
#include "service/administration/administration.hpp"
#include "service/administration/listed.hpp"
#include "service/administration/named.hpp"

namespace handin::service {
namespace {

using domain::Grant;
using domain::Reason;

std::string detail_of(const Grant& grant) {
    std::string detail;
    ObjectWriter out(detail);
    out.plain("holder", grant.holder_id.str());
    out.text("permission", grant.permission);
    out.plain("effect", grant.allow ? "allow" : "deny");
    out.plain("scope", grant.scope_id.str());
    out.end();
    return detail;
}

std::expected<Uuid, domain::Refusals> id_or(auto found) {
    if (!found) return std::unexpected(std::move(found.error()));
    return found->id;
}

std::expected<Uuid, domain::Refusals> holder_of(store::Reader& reader, const Uuid& account_id,
                                                const NewGrant& wanted) {
    switch (wanted.holder) {
        case Grant::Holder::person:
            return id_or(named::person(reader, account_id, wanted.owner));
        case Grant::Holder::integration:
            return id_or(named::integration(reader, wanted.owner));
        case Grant::Holder::api_user:
            break;
    }
    return id_or(named::api_user(reader, account_id, wanted.owner));
}

std::expected<Uuid, domain::Refusals> scope_of(store::Reader& reader, const Uuid& account_id,
                                               const NewGrant& wanted) {
    switch (wanted.scope) {
        case Grant::Scope::account:
            return account_id;
        case Grant::Scope::department:
            return id_or(named::department(reader, account_id, wanted.scope_id));
        case Grant::Scope::klass:
            return id_or(named::klass(reader, account_id, wanted.scope_id));
        case Grant::Scope::person:
            return id_or(named::person(reader, account_id, wanted.scope_id));
        case Grant::Scope::assignment:
            break;
    }
    const auto id = Uuid::parse(wanted.scope_id);
    const auto assignment = id ? reader.assignment(*id) : std::nullopt;
    const auto klass = assignment ? reader.klass(assignment->class_id) : std::nullopt;
    if (klass && klass->account_id == account_id) return *id;
    return named::refused(Reason::not_found, "assignment",
                          "There is no assignment '" + wanted.scope_id + "'.");
}

}  // namespace

task<Administered<Grant>> Administration::add_grant(Operator by, NewGrant wanted) {
    const auto permission = domain::permission_named(wanted.permission);
    if (!permission || info(*permission).reach == domain::Reach::installation)
        co_return named::refused(
            Reason::invalid_value, "permission",
            "No permission that can be granted is called '" + wanted.permission + "'.");
    Grant made{.id = uuid_v7(clock_.now()),
               .holder = wanted.holder,
               .holder_id = {},
               .permission = wanted.permission,
               .allow = wanted.allow,
               .scope = wanted.scope,
               .scope_id = {}};
    const auto done =
        co_await change(&by, "grant.add", [&](store::Reader& reader) -> Administered<Plan> {
            const auto account = named::account(reader, wanted.account);
            if (!account) return std::unexpected(account.error());
            const auto holder = holder_of(reader, account->id, wanted);
            if (!holder) return std::unexpected(holder.error());
            const auto scope = scope_of(reader, account->id, wanted);
            if (!scope) return std::unexpected(scope.error());
            made.holder_id = *holder;
            made.scope_id = *scope;
            const bool there =
                std::ranges::any_of(reader.grants_of(*holder), [&](const Grant& each) {
                    return each.permission == made.permission && each.scope == made.scope &&
                           each.scope_id == made.scope_id;
                });
            if (there)
                return named::refused(
                    Reason::already_there, "permission",
                    "That is granted or denied there already: remove that grant first.");
            Plan plan{
                .account_id = account->id, .target = made.id.str(), .detail = detail_of(made)};
            plan.changes.grants.push_back(made);
            return plan;
        });
    if (!done) co_return std::unexpected(done.error());
    co_return made;
}

task<Administered<Grant>> Administration::remove_grant(Operator by, Uuid id) {
    Grant removed;
    const auto done =
        co_await change(&by, "grant.remove", [&](store::Reader& reader) -> Administered<Plan> {
            auto found = reader.administration().grant(id);
            if (!found)
                return named::refused(Reason::not_found, "grant", "There is no grant of that id.");
            removed = std::move(*found);
            Plan plan{.target = id.str(), .detail = detail_of(removed)};
            plan.changes.removed_grants.push_back(id);
            return plan;
        });
    if (!done) co_return std::unexpected(done.error());
    co_return removed;
}

task<Listed<Grant>> Administration::grants(Operator /*by*/, std::optional<Uuid> holder_id,
                                           Page page) {
    co_return co_await listed(&store_, page, [&](store::AdminReader& reader, const Page& more) {
        return reader.grants(holder_id, more);
    });
}

}  // namespace handin::service
