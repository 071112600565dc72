#include "service/assignments.hpp"

#include <algorithm>

#include "service/place.hpp"

namespace handin::service {
namespace {

using Kind = domain::ChangeAssignment::Kind;

domain::Permission permission_of(Kind kind) {
    switch (kind) {
        case Kind::create:
            return domain::Permission::assignment_create;
        case Kind::update:
            return domain::Permission::assignment_update;
        case Kind::remove:
            break;
    }
    return domain::Permission::assignment_delete;
}

// With a key the same request is about the same assignment, on whichever node it arrives.
Uuid new_id(const AssignmentOrder& order, Time now) {
    if (order.assignment_id) return *order.assignment_id;
    return order.replay_key ? uuid_v5(order.class_id, *order.replay_key) : uuid_v7(now);
}

// Descriptions are long.
constexpr std::size_t kPage = 20;

bool has_key(const domain::Assignment& assignment, const domain::ReplayKey& key) {
    return std::ranges::find(assignment.keys, key) != assignment.keys.end();
}

}  // namespace

// Whether they may by something else than a role in the class; a refusal: not at all. One that is
// not there is left to the decision, which also knows repeats.
task<std::expected<bool, domain::Refusal>> Assignments::granted(domain::Actor actor, Kind kind,
                                                                Uuid class_id,
                                                                std::optional<Uuid> assignment_id) {
    using Found = std::expected<bool, domain::Refusal>;
    co_return co_await store::read(&store_, [&](store::Reader& reader) -> Found {
        const auto member = enter(reader, actor, class_id);
        if (!member) return std::unexpected(member.error());
        auto target = member->target;
        if (kind != Kind::create) target.assignment_id = assignment_id;
        if (!domain::may(member->standing, permission_of(kind), target))
            return std::unexpected(
                domain::Refusal{domain::Reason::not_permitted, "",
                                "Only who teaches the class sets assignments in it."});
        return !member->membership.roles.teaches();
    });
}

task<std::optional<domain::Refusal>> Assignments::admit(domain::Actor actor, Kind kind,
                                                        Uuid class_id,
                                                        std::optional<Uuid> assignment_id) {
    auto found = co_await granted(std::move(actor), kind, class_id, assignment_id);
    co_return found ? std::nullopt : std::optional(std::move(found.error()));
}

// A new one may have any id that its client has given it, so all of the class are looked at.
task<std::optional<domain::Assignment>> Assignments::answered(Kind kind, Uuid class_id,
                                                              std::optional<Uuid> assignment_id,
                                                              domain::ReplayKey key) {
    using Found = std::optional<domain::Assignment>;
    co_return co_await store::read_long(&store_, [&](store::Reader& reader) -> Found {
        if (kind != Kind::create) {
            auto found = assignment_id ? reader.assignment(*assignment_id) : std::nullopt;
            return found && found->class_id == class_id && has_key(*found, key) ? found
                                                                                : std::nullopt;
        }
        for (store::Page page{.after = std::nullopt, .limit = kPage};;) {
            auto some = reader.assignments(class_id, page);
            for (auto& each : some)
                if (has_key(each, key)) return std::move(each);
            if (some.size() < kPage) return std::nullopt;
            page.after = some.back().id;
        }
    });
}

task<std::expected<ChangedAssignment, domain::Refusals>> Assignments::change(
    domain::Actor actor, AssignmentOrder order) {
    const auto may = co_await granted(actor, order.kind, order.class_id, order.assignment_id);
    if (!may) co_return std::unexpected(domain::Refusals{may.error()});
    if (const auto& category = order.fields.category_id; category && *category) {
        const bool there = co_await store::read(&store_, [&](store::Reader& reader) {
            const auto found = reader.administration().category(**category);
            return found && found->class_id == order.class_id;
        });
        if (!there)
            co_return std::unexpected(
                domain::Refusals{{domain::Reason::invalid_value, "category_id",
                                  "There is no such category in this class."}});
    }
    if (!committer_.has_room()) throw Overloaded("too many commands are waiting");
    const auto now = clock_.now();
    const auto id = new_id(order, now);
    auto outcome =
        co_await committer_.execute(domain::ChangeAssignment{.kind = order.kind,
                                                             .actor = std::move(actor),
                                                             .origin = order.origin,
                                                             .class_id = order.class_id,
                                                             .assignment_id = id,
                                                             .event_id = uuid_v7(now),
                                                             .replay_key = order.replay_key,
                                                             .request = std::move(order.request),
                                                             .granted = *may,
                                                             .fields = std::move(order.fields)});
    if (!outcome) co_return std::unexpected(std::move(outcome.error()));
    co_return ChangedAssignment{std::move(*outcome->assignment), outcome->repeated};
}

}  // namespace handin::service
