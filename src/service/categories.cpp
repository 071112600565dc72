#include "service/categories.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include "service/place.hpp"
#include "service/standing.hpp"

namespace handin::service {
namespace {

using domain::Category;
using domain::Reason;
using domain::Refusals;

constexpr std::size_t kLongestPage = 1000;
constexpr std::size_t kLongestTitle = 1000;  // bytes
constexpr std::size_t kAssignmentsAtOnce = 500;
constexpr double kMostWeight = 1e6;
constexpr std::int64_t kMostPosition = 1'000'000;
// Each time somebody else has changed the roster in between: nobody does so all the time.
constexpr int kTries = 32;

Refusals refused(Reason reason, std::string field, std::string detail) {
    return {{reason, std::move(field), std::move(detail)}};
}

template <class T>
void set(T& value, std::optional<T>& given) {
    if (given) value = std::move(*given);
}

Refusals set_fields(CategoryFields fields, Category& category) {
    set(category.title, fields.title);
    set(category.weight, fields.weight);
    set(category.drop_lowest, fields.drop_lowest);
    set(category.position, fields.position);
    Refusals refusals;
    if (category.title.empty() || category.title.size() > kLongestTitle)
        refusals.push_back({Reason::invalid_value, "title", "A title has from 1 to 1000 bytes."});
    if (category.weight && !(*category.weight >= 0 && *category.weight <= kMostWeight))
        refusals.push_back({Reason::number_not_valid, "weight", "From 0 to a million."});
    const auto counts = [](const std::optional<std::int64_t>& number) {
        return !number || (*number >= 0 && *number <= kMostPosition);
    };
    if (!counts(category.drop_lowest))
        refusals.push_back({Reason::number_not_valid, "drop_lowest", "From 0 to a million."});
    if (!counts(category.position))
        refusals.push_back({Reason::number_not_valid, "position", "From 0 to a million."});
    return refusals;
}

std::optional<Category> found_in(store::Reader& reader, const Uuid& class_id, const Uuid& id) {
    auto found = reader.administration().category(id);
    return found && found->class_id == class_id ? std::move(found) : std::nullopt;
}

// Assignments of the class that are in the category, as they are without it.
void leave(store::Reader& reader, const Category& category, Time now, domain::Changes& changes) {
    store::Page page{.after = {}, .limit = kAssignmentsAtOnce};
    for (;;) {
        auto part = reader.assignments(category.class_id, page);
        const bool last = part.size() < page.limit;
        if (!last) page.after = part.back().id;
        for (auto& each : part) {
            if (each.details.category_id != category.id) continue;
            each.details.category_id.reset();
            each.updated_at = std::max(now, each.updated_at);
            changes.assignments.push_back(std::move(each));
        }
        if (last) return;
    }
}

}  // namespace

task<Answer<Listed<Category>>> Categories::list(domain::Actor actor, Uuid class_id, Page page) {
    using List = Listed<Category>;
    page.limit = std::clamp<std::size_t>(page.limit, 1, kLongestPage);
    co_return co_await store::read(&store_, [&](store::Reader& reader) -> Answer<List> {
        if (auto member = enter(reader, actor, class_id); !member)
            return std::unexpected(member.error());
        List list{
            .items = reader.administration().categories(class_id, {page.after, page.limit + 1}),
            .next = {}};
        if (list.items.size() > page.limit) {
            list.items.pop_back();
            list.next = list.items.back().id;
        }
        return list;
    });
}

task<Answer<Category>> Categories::find(domain::Actor actor, Uuid class_id, Uuid id) {
    co_return co_await store::read(&store_, [&](store::Reader& reader) -> Answer<Category> {
        if (auto member = enter(reader, actor, class_id); !member)
            return std::unexpected(member.error());
        auto found = found_in(reader, class_id, id);
        if (!found) return missing("category_id");
        return std::move(*found);
    });
}

task<Categories::Changed<void>> Categories::change(domain::Actor actor, Uuid class_id,
                                                   Planner plan) {
    if (!committer_.has_room()) throw Overloaded("too many commands are waiting");
    for (int tries = 0; tries < kTries; ++tries) {
        auto changes = std::make_shared<domain::Changes>();
        std::uint64_t generation = 0;
        Refusals refusals;
        co_await store_.read_long([&](store::Reader& reader) {
            generation = reader.administration().roster_generation();
            const auto member = enter(reader, actor, class_id);
            if (!member) {
                refusals = {member.error()};
                return;
            }
            if (!domain::may(standing_of(reader, actor, class_id),
                             domain::Permission::assignment_update, member->target)) {
                refusals = refused(Reason::not_permitted, "",
                                   "Only who teaches the class changes its categories.");
                return;
            }
            auto planned = plan(reader);
            if (planned)
                *changes = std::move(*planned);
            else
                refusals = std::move(planned.error());
        });
        if (!refusals.empty()) co_return std::unexpected(std::move(refusals));
        if (!domain::touches_roster(*changes)) co_return Changed<void>();
        const auto outcome = co_await committer_.execute(
            domain::Administer{.changes = std::move(changes), .roster_generation = generation});
        if (outcome) co_return Changed<void>();
        if (outcome.error().front().reason != Reason::outdated)
            co_return std::unexpected(outcome.error());
    }
    throw Overloaded("the roster changes all the time");
}

task<Categories::Changed<Categories::Made>> Categories::create(
    domain::Actor actor, Uuid class_id, CategoryFields fields,
    std::optional<domain::ReplayKey> key) {
    const auto now = clock_.now();
    const auto id = key ? uuid_v5(class_id, *key) : uuid_v7(now);
    Made made;
    const auto done = co_await change(
        std::move(actor), class_id, [&](store::Reader& reader) -> Changed<domain::Changes> {
            domain::Changes changes;
            made = {};
            if (auto before = found_in(reader, class_id, id)) {
                made = {std::move(*before), true};
                return changes;
            }
            made.category = {
                .id = id, .class_id = class_id, .title = {}, .created_at = now, .updated_at = now};
            auto refusals = set_fields(fields, made.category);
            if (!refusals.empty()) return std::unexpected(std::move(refusals));
            changes.categories.push_back(made.category);
            return changes;
        });
    if (!done) co_return std::unexpected(done.error());
    co_return made;
}

task<Categories::Changed<Category>> Categories::update(domain::Actor actor, Uuid class_id, Uuid id,
                                                       CategoryFields fields) {
    Category after;
    const auto done = co_await change(
        std::move(actor), class_id, [&](store::Reader& reader) -> Changed<domain::Changes> {
            auto found = found_in(reader, class_id, id);
            if (!found) return std::unexpected(refused(Reason::not_found, "category_id", ""));
            after = std::move(*found);
            after.updated_at = clock_.now();
            auto refusals = set_fields(fields, after);
            if (!refusals.empty()) return std::unexpected(std::move(refusals));
            domain::Changes changes;
            changes.categories.push_back(after);
            return changes;
        });
    if (!done) co_return std::unexpected(done.error());
    co_return after;
}

task<Categories::Changed<void>> Categories::remove(domain::Actor actor, Uuid class_id, Uuid id) {
    co_return co_await change(
        std::move(actor), class_id, [&](store::Reader& reader) -> Changed<domain::Changes> {
            const auto found = found_in(reader, class_id, id);
            if (!found) return std::unexpected(refused(Reason::not_found, "category_id", ""));
            domain::Changes changes;
            changes.removed_categories.push_back(id);
            leave(reader, *found, clock_.now(), changes);
            return changes;
        });
}

}  // namespace handin::service
