#include "service/administration/changer.hpp"

#include <algorithm>
#include <memory>

namespace handin::service {
namespace {

// Each time somebody else has changed the roster in between: nobody does so all the time.
constexpr int kTries = 32;

std::string actor_name(store::Reader& reader, const Operator& by) {
    const auto& id = by.permit.actor().token_id;
    if (id == Uuid{}) return by.name;
    const auto token = reader.administration().token(id);
    return token && !token->name.empty() ? token->name : "token " + id.str();
}

domain::AuditEntry entry_of(store::Reader& reader, const Operator& by, std::string_view action,
                            Plan plan, Time now) {
    return {.id = uuid_v7(now),
            .at = now,
            .account_id = plan.account_id,
            .actor_id = by.permit.actor().token_id,
            .actor = actor_name(reader, by),
            .client_ip = by.client_ip,
            .request_id = by.request_id,
            .action = std::string(action),
            .target = std::move(plan.target),
            .detail = std::move(plan.detail)};
}

}  // namespace

task<void> Changer::note(const Operator* by, std::string_view action, Plan told) {
    const auto done = co_await commit(
        by, action, [&](store::Reader&) -> Administered<Plan> { return told; }, Nothing::is_noted);
    if (!done) throw std::logic_error("a note was refused");
}

task<Administered<void>> Changer::change(const Operator* by, std::string_view action,
                                         Planner plan) {
    co_return co_await commit(by, action, std::move(plan), Nothing::is_let_go);
}

task<Administered<void>> Changer::commit(const Operator* by, std::string_view action, Planner plan,
                                         Nothing nothing_changes) {
    for (int tries = 0; tries < kTries; ++tries) {
        const auto now = clock_.now();
        auto changes = std::make_shared<domain::Changes>();
        std::uint64_t generation = 0;
        bool nothing = false;
        domain::Refusals refusals;
        co_await store_.read_long([&](store::Reader& reader) {
            generation = reader.administration().roster_generation();
            auto planned = plan(reader);
            if (!planned) {
                refusals = std::move(planned.error());
                return;
            }
            *changes = std::move(planned->changes);
            nothing = nothing_changes == Nothing::is_let_go && changes->tokens.empty() &&
                      !domain::touches_roster(*changes);
            if (!nothing)
                changes->audit.push_back(entry_of(reader, *by, action, std::move(*planned), now));
        });
        if (!refusals.empty()) co_return std::unexpected(std::move(refusals));
        if (nothing) co_return Administered<void>();
        const auto outcome = co_await committer_.execute(
            domain::Administer{.changes = std::move(changes), .roster_generation = generation});
        if (outcome) co_return Administered<void>();
        if (outcome.error().front().reason != domain::Reason::outdated)
            co_return std::unexpected(outcome.error());
    }
    throw Overloaded("the roster changes all the time");
}

}  // namespace handin::service
