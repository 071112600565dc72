// Organisations become departments, classes become classes (docs/roster.md).
#include <algorithm>

#include "service/roster/run.hpp"

namespace handin::service {
namespace {

constexpr std::size_t kMostOrgs = 10'000;  // each is compared with all others

}  // namespace

void RosterRun::plan_orgs(store::Reader& reader, const std::vector<RosterRow>& rows,
                          ChunkPlan& plan) {
    auto known = reader.administration().departments(account_.id);
    for (const auto& row : rows) {
        if (!is_sound(plan, row, {"sourcedId", "name"})) continue;
        const auto& name = row["sourcedId"];
        const auto id = derived("org", name);
        if (orgs_.size() >= kMostOrgs && !orgs_.contains(name)) {
            complain(plan, row, "", "there are too many organisations");
            continue;
        }
        auto code = row["identifier"].empty() ? name : row["identifier"];
        auto found = std::ranges::find(known, id, &domain::Department::id);
        // One that was there before, under the same code, is this one.
        if (found == known.end())
            found = std::ranges::find_if(known, [&](const auto& each) {
                return each.code == code && std::ranges::none_of(orgs_, [&](const auto& org) {
                           return org.second == each.id && org.first != name;
                       });
            });
        const auto own = found == known.end() ? id : found->id;
        orgs_[name] = own;
        if (row["type"] == "department") departments_.insert(name);
        if (*status_of(row) == RowStatus::to_be_deleted) {
            ++plan.counts.unchanged;  // kept, for its classes' sake
            continue;
        }
        const auto taken = [&](const std::string& wanted) {
            return std::ranges::any_of(
                known, [&](const auto& each) { return each.code == wanted && each.id != own; });
        };
        if (taken(code)) code = name;
        if (taken(code)) {
            complain(plan, row, "identifier", "another organisation has the code '" + code + "'");
            continue;
        }
        domain::Department made{
            .id = own, .account_id = account_.id, .code = code, .name = row["name"]};
        if (found == known.end()) {
            ++plan.counts.added;
            known.push_back(made);
        } else if (found->code == made.code && found->name == made.name) {
            ++plan.counts.unchanged;
            continue;
        } else {
            ++plan.counts.changed;
            *found = made;
        }
        std::erase_if(plan.changes.departments, [&](const auto& each) { return each.id == own; });
        plan.changes.departments.push_back(std::move(made));
    }
}

void RosterRun::plan_classes(store::Reader& reader, const std::vector<RosterRow>& rows,
                             ChunkPlan& plan) {
    auto& admin = reader.administration();
    std::vector<std::string> names;
    for (const auto& row : rows)
        names.push_back(row["sourcedId"]);
    std::unordered_map<std::string, domain::Class> known;
    for (auto& klass : admin.classes(account_.id, std::span<const std::string>(names)))
        known.emplace(klass.sis_id, klass);
    std::unordered_set<Uuid> departments;
    for (const auto& each : admin.departments(account_.id))
        departments.insert(each.id);
    auto next_number = admin.last_numbers(account_.id).klass + 1;
    const auto now = clock_.now();
    // Where an organisation of these files, or of earlier ones, is.
    const auto department = [&](const std::string& org) -> std::optional<Uuid> {
        if (const auto found = orgs_.find(org); found != orgs_.end()) return found->second;
        const auto id = derived("org", org);
        return departments.contains(id) ? std::optional(id) : std::nullopt;
    };
    std::unordered_map<Uuid, domain::Class> written;
    std::unordered_set<Uuid> here;  // of this chunk
    for (const auto& row : rows) {
        if (!is_sound(plan, row, {"sourcedId", "title", "schoolSourcedId"})) continue;
        const auto& name = row["sourcedId"];
        const auto found = known.find(name);
        if (*status_of(row) == RowStatus::to_be_deleted) {
            // Kept, for its submissions' sake; nobody is in it any more.
            if (found == known.end()) continue;
            auto members = admin.enrollments_of(found->second.id);
            plan.counts.removed += members.empty() ? 0 : 1;
            std::ranges::move(members, std::back_inserter(plan.changes.removed_enrollments));
            continue;
        }
        const auto course = courses_.find(row["courseSourcedId"]);
        // A department of the course says more than the school of the class.
        const bool by_course =
            course != courses_.end() && departments_.contains(course->second.org);
        const auto place = department(by_course ? course->second.org : row["schoolSourcedId"]);
        if (!place) {
            complain(plan, row, "schoolSourcedId",
                     "there is no organisation '" + row["schoolSourcedId"] + "'");
            continue;
        }
        auto code = row["classCode"];
        if (code.empty() && course != courses_.end()) code = course->second.code;
        auto made = found == known.end() ? domain::Class{.id = derived("class", name),
                                                         .account_id = account_.id,
                                                         .department_id = {},
                                                         .number = next_number,
                                                         .name = {},
                                                         .description = {},
                                                         .sis_id = name,
                                                         .module_code = {},
                                                         .time_zone = "UTC",
                                                         .created_at = now,
                                                         .updated_at = now}
                                         : found->second;
        if (std::ranges::binary_search(classes_, made.id) || !here.insert(made.id).second) {
            complain(plan, row, "sourcedId", "'" + name + "' is there twice");
            continue;
        }
        plan.seen.push_back(made.id);
        const bool same = found != known.end() && made.department_id == *place &&
                          made.name == row["title"] && made.module_code == code;
        if (same) {
            ++plan.counts.unchanged;
            continue;
        }
        if (found == known.end()) ++next_number;
        ++(found == known.end() ? plan.counts.added : plan.counts.changed);
        made.department_id = *place;
        made.name = row["title"];
        made.module_code = code;
        made.updated_at = now;
        known.insert_or_assign(name, made);
        written.insert_or_assign(made.id, std::move(made));
    }
    for (auto& [id, klass] : written)
        plan.changes.classes.push_back(std::move(klass));
}

}  // namespace handin::service
