// Users become people, enrollments put them into classes (docs/roster.md).
#include <algorithm>

#include "base/encoding.hpp"
#include "service/roster/run.hpp"

namespace handin::service {
namespace {

using domain::Person;
using domain::Role;
using store::PersonName;

constexpr std::int64_t kMostPeople = 999'999;  // DESIGN 5.3: a person's number is below 10^6
constexpr std::size_t kUniversityDigits = 7;   // tabula.md 1.1

// The roles of enrollments.csv in both versions, and what is found there besides.
std::optional<Role> role_of(const std::string& name) {
    static constexpr std::pair<std::string_view, Role> roles[] = {
        {"student", Role::student},
        {"teacher", Role::teacher},
        {"administrator", Role::administrator},
        {"proctor", Role::staff},
        {"aide", Role::aide},
        {"guardian", Role::guardian},
        {"parent", Role::parent},
        {"relative", Role::observer}};
    const auto found = std::ranges::find(roles, name, &std::pair<std::string_view, Role>::first);
    return found == std::end(roles) ? std::nullopt : std::optional(found->second);
}

bool is_university_id(std::string_view text) {
    return text.size() == kUniversityDigits &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// "{Type:Id},{Type:Id}" of the column userIds.
std::string university_id_of(const RosterRow& row) {
    if (is_university_id(row["identifier"])) return row["identifier"];
    constexpr std::string_view type = "{universityid:";
    auto ids = row["userIds"];
    std::ranges::transform(ids, ids.begin(), lower);
    const auto at = ids.find(type);
    if (at == std::string::npos) return "";
    const auto id = ids.substr(at + type.size(), ids.find('}', at) - at - type.size());
    return is_university_id(id) ? id : "";
}

std::vector<std::string> column(const std::vector<RosterRow>& rows, std::string_view name) {
    std::vector<std::string> values;
    values.reserve(rows.size());
    for (const auto& row : rows)
        values.push_back(row[name]);
    std::ranges::sort(values);
    const auto repeated = std::ranges::unique(values);
    values.erase(repeated.begin(), repeated.end());
    return values;
}

std::vector<Uuid> classes_of(store::Reader& reader, const Uuid& person) {
    constexpr std::size_t chunk = 500;
    std::vector<Uuid> ids;
    for (store::Page page{.after = {}, .limit = chunk};;) {
        const auto classes = reader.classes_of(person, page);
        for (const auto& klass : classes)
            ids.push_back(klass.id);
        if (classes.size() < chunk) return ids;
        page.after = ids.back();
    }
}

}  // namespace

void RosterRun::plan_people(store::Reader& reader, const std::vector<RosterRow>& rows,
                            ChunkPlan& plan) {
    auto& admin = reader.administration();
    std::unordered_map<std::string, Person> known;  // by SIS id
    std::unordered_map<std::string, Person> by_login;
    for (auto& person : admin.people(account_.id, PersonName::sis_id, column(rows, "sourcedId")))
        known.emplace(person.sis_id, person);
    for (auto& person : admin.people(account_.id, PersonName::login, column(rows, "username")))
        by_login.emplace(person.login, person);
    std::vector<std::string> numbers;
    for (const auto& row : rows)
        if (auto number = university_id_of(row); !number.empty())
            numbers.push_back(std::move(number));
    std::unordered_map<std::string, Uuid> by_number;
    for (const auto& person : admin.people(account_.id, PersonName::university_id, numbers))
        by_number.emplace(person.university_id, person.id);
    std::unordered_set<Uuid> here;  // of this chunk
    auto next_number = admin.last_numbers(account_.id).person + 1;
    const auto now = clock_.now();
    std::unordered_map<Uuid, Person> written;
    for (const auto& row : rows) {
        if (!is_sound(plan, row, {"sourcedId", "username", "givenName", "familyName"})) continue;
        const auto& name = row["sourcedId"];
        const auto& login = row["username"];
        auto found = known.find(name);
        const auto namesake = by_login.find(login);
        if (found == known.end() && namesake != by_login.end() && namesake->second.sis_id.empty())
            // Somebody who was there before the school's records knew them.
            found = known.emplace(name, namesake->second).first;
        const bool is_new = found == known.end();
        if (*status_of(row) == RowStatus::to_be_deleted) {
            // Kept, for their submissions' sake, but in no class any more.
            if (is_new) continue;
            const auto before = plan.changes.removed_enrollments.size();
            for (const auto& klass : classes_of(reader, found->second.id))
                for (auto& each :
                     admin.enrollments(std::span(&klass, 1), std::span(&found->second.id, 1)))
                    plan.changes.removed_enrollments.push_back(std::move(each));
            plan.counts.removed += plan.changes.removed_enrollments.size() > before ? 1 : 0;
            continue;
        }
        const auto id = is_new ? derived("user", name) : found->second.id;
        if (std::ranges::binary_search(people_, id) || !here.insert(id).second) {
            complain(plan, row, "sourcedId", "'" + name + "' is there twice");
            continue;
        }
        const auto number = university_id_of(row);
        if (const auto other = by_number.find(number);
            other != by_number.end() && other->second != id) {
            complain(plan, row, "identifier", "'" + number + "' is somebody else's");
            continue;
        }
        if (namesake != by_login.end() && namesake->second.id != id) {
            complain(plan, row, "username", "'" + login + "' is somebody else's");
            continue;
        }
        if (is_new && next_number > kMostPeople) {
            complain(plan, row, "", "the school has as many people as it can have");
            continue;
        }
        plan.seen.push_back(id);
        auto made = is_new ? Person{.id = id,
                                    .account_id = account_.id,
                                    .number = next_number,
                                    .first_name = {},
                                    .last_name = {},
                                    .email = {},
                                    .login = {},
                                    .sis_id = {},
                                    .university_id = {},
                                    .lti_user_id = hex(id.bytes),
                                    .time_zone = "UTC",
                                    .created_at = now,
                                    .updated_at = now}
                           : found->second;
        const auto put = [](std::string& field, const std::string& value) {
            if (field == value) return false;
            field = value;
            return true;
        };
        bool changed = put(made.first_name, row["givenName"]);
        changed |= put(made.last_name, row["familyName"]);
        changed |= put(made.email, row["email"]);
        changed |= put(made.login, login);
        changed |= put(made.sis_id, name);
        if (!number.empty()) {
            changed |= put(made.university_id, number);
            by_number.insert_or_assign(number, id);
        }
        if (!changed) {
            ++plan.counts.unchanged;
            continue;
        }
        if (is_new) ++next_number;
        ++(is_new ? plan.counts.added : plan.counts.changed);
        made.updated_at = now;
        known.insert_or_assign(name, made);
        by_login.insert_or_assign(login, made);
        written.insert_or_assign(id, std::move(made));
    }
    for (auto& [id, person] : written)
        plan.changes.people.push_back(std::move(person));
}

void RosterRun::plan_enrollments(store::Reader& reader, const std::vector<RosterRow>& rows,
                                 ChunkPlan& plan) {
    auto& admin = reader.administration();
    const auto class_names = column(rows, "classSourcedId");
    std::unordered_map<std::string, Uuid> classes;
    for (const auto& each : admin.classes(account_.id, std::span<const std::string>(class_names)))
        classes.emplace(each.sis_id, each.id);
    std::unordered_map<std::string, Uuid> people;
    for (const auto& each :
         admin.people(account_.id, PersonName::sis_id, column(rows, "userSourcedId")))
        people.emplace(each.sis_id, each.id);
    // What a dry run has not written is known by the id that it would have got.
    const auto find = [&](const auto& known, const std::vector<Uuid>& planned,
                          std::string_view kind, const std::string& name) -> std::optional<Uuid> {
        if (const auto found = known.find(name); found != known.end()) return found->second;
        const auto id = derived(kind, name);
        if (options_.dry_run && std::ranges::binary_search(planned, id)) return id;
        return std::nullopt;
    };
    const auto now = clock_.now();
    struct Wanted {
        domain::Enrollment enrollment;
        RowStatus status;
    };
    std::vector<Wanted> wanted;
    std::vector<Uuid> class_ids, person_ids;
    for (const auto& row : rows) {
        if (!is_sound(plan, row, {"classSourcedId", "userSourcedId", "role"})) continue;
        const auto klass = find(classes, classes_, "class", row["classSourcedId"]);
        const auto person = find(people, people_, "user", row["userSourcedId"]);
        const auto role = role_of(row["role"]);
        if (!klass)
            complain(plan, row, "classSourcedId",
                     "there is no class '" + row["classSourcedId"] + "'");
        if (!person)
            complain(plan, row, "userSourcedId", "there is no user '" + row["userSourcedId"] + "'");
        if (!role) complain(plan, row, "role", "'" + row["role"] + "' is no role in a class");
        if (!klass || !person || !role) continue;
        domain::Enrollment made{
            .id = {}, .class_id = *klass, .person_id = *person, .role = *role, .created_at = now};
        made.id = enrollment_id(made);
        class_ids.push_back(*klass);
        person_ids.push_back(*person);
        wanted.push_back({std::move(made), *status_of(row)});
    }
    std::unordered_set<Uuid> there;
    for (const auto& each : admin.enrollments(class_ids, person_ids))
        there.insert(enrollment_id(each));
    for (auto& [enrollment, status] : wanted) {
        if (status == RowStatus::to_be_deleted) {
            if (there.erase(enrollment.id) == 0) {
                ++plan.counts.unchanged;
                continue;
            }
            ++plan.counts.removed;
            if (std::erase_if(plan.changes.enrollments, [&](const auto& each) {
                    return each.id == enrollment.id;  // it came in a few rows before
                }) == 0)
                plan.changes.removed_enrollments.push_back(std::move(enrollment));
            continue;
        }
        plan.seen.push_back(enrollment.id);
        if (!there.insert(enrollment.id).second) {
            ++plan.counts.unchanged;
            continue;
        }
        ++plan.counts.added;
        plan.changes.enrollments.push_back(std::move(enrollment));
    }
}

}  // namespace handin::service
