#include "service/roster/run.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <stdexcept>

#include "base/json_writer.hpp"
#include "base/random.hpp"
#include "service/administration/named.hpp"

namespace handin::service {
namespace {

constexpr std::size_t kMostCourses = 200'000;
constexpr std::size_t kClassesAtOnce = 100;  // when what is not in a full file is removed

std::string detail_of(const RosterCounts& counts) {
    std::string detail;
    ObjectWriter out(detail);
    out.number("added", counts.added);
    out.number("changed", counts.changed);
    out.number("removed", counts.removed);
    out.end();
    return detail;
}

bool has(const std::vector<Uuid>& sorted, const Uuid& id) {
    return std::ranges::binary_search(sorted, id);
}

}  // namespace

Uuid enrollment_id(const domain::Enrollment& enrollment) {
    std::array<std::uint8_t, 17> name;
    std::ranges::copy(enrollment.person_id.bytes, name.begin());
    name.back() = static_cast<std::uint8_t>(enrollment.role);
    return uuid_v5(enrollment.class_id, name);
}

std::optional<RowStatus> status_of(const RosterRow& row) {
    const auto& status = row["status"];
    if (status.empty() || status == "active") return RowStatus::active;
    // The second is of OneRoster 1.0, and still written.
    if (status == "tobedeleted" || status == "inactive") return RowStatus::to_be_deleted;
    return std::nullopt;
}

void complain(ChunkPlan& plan, const RosterRow& row, std::string_view field, std::string message) {
    plan.problems.push_back({"", row.line(), std::string(field), std::move(message)});
}

bool is_sound(ChunkPlan& plan, const RosterRow& row,
              std::initializer_list<std::string_view> required) {
    for (const auto field : required)
        if (row[field].empty()) {
            complain(plan, row, field, "is empty");
            return false;
        }
    if (status_of(row)) return true;
    complain(plan, row, "status", "expected active or tobedeleted, not '" + row["status"] + "'");
    return false;
}

RosterRun::RosterRun(store::Store& store, Changer& changer, const Clock& clock, Operator by,
                     const std::filesystem::path& zip, RosterOptions options)
    : store_(store),
      changer_(changer),
      clock_(clock),
      by_(std::move(by)),
      archive_(zip),
      options_(std::move(options)) {
    report_.dry_run = options_.dry_run;
}

Uuid RosterRun::derived(std::string_view kind, const std::string& sourced_id) const {
    return uuid_v5(account_.id, std::string(kind) + "/" + sourced_id);
}

// OneRoster CSV 4.2: which files there are, and whether each is all there is or what has changed.
bool RosterRun::read_manifest() {
    auto table = RosterTable::open(archive_, "manifest.csv", {"propertyName", "value"}, report_);
    if (!table) {
        report_.problem("manifest.csv", 0, "", "there is none: it is no OneRoster import");
        return false;
    }
    for (const auto& row : table->next(RosterReport::kMostProblems)) {
        const auto& name = row["propertyName"];
        const auto& value = row["value"];
        if (name == "oneroster.version") {
            report_.version = value;
            if (value != "1.1" && value != "1.2")
                report_.problem("manifest.csv", row.line(), "value",
                                "OneRoster " + value + " is not known here, only 1.1 and 1.2");
        } else if (name.starts_with("file.")) {
            if (value != "bulk" && value != "delta" && value != "absent")
                report_.problem("manifest.csv", row.line(), "value",
                                "expected bulk, delta or absent");
            modes_[name.substr(5) + ".csv"] = value == "bulk"    ? Mode::bulk
                                              : value == "delta" ? Mode::delta
                                                                 : Mode::absent;
        }
    }
    if (report_.version.empty())
        report_.problem("manifest.csv", 0, "oneroster.version", "is not there");
    for (const auto* name :
         {"orgs.csv", "courses.csv", "classes.csv", "users.csv", "enrollments.csv"})
        if (mode_of(name) != Mode::absent && !archive_.open(name))
            report_.problem(name, 0, "", "the manifest says that it is there, but it is not");
    return report_.problem_count == 0;
}

RosterRun::Mode RosterRun::mode_of(const std::string& file) const {
    const auto found = modes_.find(file);
    return found == modes_.end() ? Mode::absent : found->second;
}

// Whose roster it is. The first import makes the account.
task<Administered<void>> RosterRun::find_account() {
    const auto& actor = by_.permit.actor();
    const bool own_only = actor.kind != domain::Token::Kind::admin;
    if (own_only) options_.account = actor.account_id.str();
    const auto now = clock_.now();
    account_ = {.id = uuid_v7(now),
                .number = 1,
                .shard = 1,
                .name = options_.school,
                .public_token = random_token().substr(0, 40),
                .lti_guid = "",
                .reclaim_first = 1U << static_cast<unsigned>(domain::Origin::edlink)};
    account_.lti_guid = account_.public_token + ".handin";
    const auto done = co_await changer_.change(
        &by_, "account.create", [&](store::Reader& reader) -> Administered<Plan> {
            if (options_.account || !reader.administration().accounts().empty()) {
                auto found = named::account(reader, options_.account);
                if (!found) return std::unexpected(std::move(found.error()));
                account_ = std::move(*found);
                return Plan{};
            }
            if (account_.name.empty())
                return named::refused(domain::Reason::invalid_value, "school",
                                      "There is no school yet: give its name.");
            if (options_.dry_run) return Plan{};
            Plan plan{.account_id = account_.id, .target = account_.id.str()};
            plan.changes.accounts.push_back(account_);
            return plan;
        });
    report_.account = account_.id.str();
    co_return done;
}

task<Administered<void>> RosterRun::commit(std::string file,
                                           std::function<void(store::Reader&, ChunkPlan&)> plan,
                                           std::vector<Uuid>* seen) {
    ChunkPlan chunk;
    const auto done = co_await changer_.change(&by_, "roster.import",
                                               [&](store::Reader& reader) -> Administered<Plan> {
                                                   chunk = {};
                                                   plan(reader, chunk);
                                                   if (options_.dry_run) return Plan{};
                                                   return Plan{.changes = std::move(chunk.changes),
                                                               .account_id = account_.id,
                                                               .target = file,
                                                               .detail = detail_of(chunk.counts)};
                                               });
    if (!done) co_return done;
    auto& counts = report_.file(file);
    counts.added += chunk.counts.added;
    counts.changed += chunk.counts.changed;
    counts.unchanged += chunk.counts.unchanged;
    counts.removed += chunk.counts.removed;
    for (auto& problem : chunk.problems)
        report_.problem(file, problem.line, problem.field, std::move(problem.message));
    if (seen == nullptr) co_return done;
    if (seen == &enrollments_) {  // too many to be put in order each time
        seen->insert(seen->end(), chunk.seen.begin(), chunk.seen.end());
        co_return done;
    }
    std::vector<Uuid> all;
    all.reserve(seen->size() + chunk.seen.size());
    std::ranges::sort(chunk.seen);
    std::ranges::merge(*seen, chunk.seen, std::back_inserter(all));
    *seen = std::move(all);
    co_return done;
}

task<Administered<void>> RosterRun::import(std::string file, Columns required, PlanRows plan,
                                           std::vector<Uuid>* seen) {
    if (mode_of(file) == Mode::absent) co_return Administered<void>();
    const auto table = RosterTable::open(archive_, file, required, report_);
    if (!table) co_return Administered<void>();
    for (;;) {
        // Read on a thread that may wait, like everything that takes longer than a moment.
        std::vector<RosterRow> rows;
        co_await store_.read_long([&](store::Reader&) {
            if (rows.empty()) rows = table->next(kChunk);
        });
        if (rows.empty()) break;
        const auto done = co_await commit(
            file, [&](store::Reader& reader, ChunkPlan& chunk) { plan(reader, rows, chunk); },
            seen);
        if (!done) co_return done;
    }
    if (seen != nullptr) std::ranges::sort(*seen);
    co_return Administered<void>();
}

// They are nothing of their own here: a class takes its code and department from its course.
void RosterRun::read_courses() {
    if (mode_of("courses.csv") == Mode::absent) return;
    const auto table = RosterTable::open(archive_, "courses.csv", {"sourcedId"}, report_);
    if (!table) return;
    for (;;) {
        const auto rows = table->next(kChunk);
        if (rows.empty()) return;
        for (const auto& row : rows) {
            if (courses_.size() == kMostCourses) {
                report_.problem("courses.csv", row.line(), "", "there are too many courses");
                return;
            }
            courses_[row["sourcedId"]] = {row["courseCode"], row["orgSourcedId"]};
        }
    }
}

// Only of classes that these files, or earlier ones, have brought.
RosterRun::Others RosterRun::others(store::Reader& reader, const store::Page& page) const {
    auto& admin = reader.administration();
    Others found;
    const auto classes = admin.classes(account_.id, page);
    for (const auto& klass : classes) {
        if (!has(classes_, klass.id) && klass.id != derived("class", klass.sis_id)) continue;
        for (auto& each : admin.enrollments_of(klass.id))
            if (!has(enrollments_, enrollment_id(each)))
                found.enrollments.push_back(std::move(each));
    }
    if (classes.size() == page.limit) found.last = classes.back().id;
    return found;
}

task<std::size_t> RosterRun::count_others() {
    store::Page page{.after = {}, .limit = kClassesAtOnce};
    for (std::size_t count = 0;;) {
        Others found;
        co_await store_.read_long([&](store::Reader& reader) { found = others(reader, page); });
        count += found.enrollments.size();
        if (!found.last) co_return count;
        page.after = found.last;
    }
}

// Of a full file: whoever is not in it is not in the class any more. One that would take out more
// than it leaves in is rather one that was cut short.
task<Administered<void>> RosterRun::remove_others() {
    const std::string file = "enrollments.csv";
    if (mode_of(file) != Mode::bulk) co_return Administered<void>();
    if (report_.problem_count > 0) {
        report_.note =
            "Nobody was taken out of a class, because of the problems: what could not be read may "
            "be what would have kept them in it.";
        co_return Administered<void>();
    }
    if (const auto gone = co_await count_others();
        gone > enrollments_.size() && !options_.remove_many) {
        report_.note = "Nobody was taken out of a class: that would have been " +
                       std::to_string(gone) + " enrollments, more than the " +
                       std::to_string(enrollments_.size()) +
                       " in the files. If they are complete, say that many are to be removed.";
        co_return Administered<void>();
    }
    store::Page page{.after = {}, .limit = kClassesAtOnce};
    for (;;) {
        Others found;
        const auto done = co_await commit(
            file,
            [&](store::Reader& reader, ChunkPlan& chunk) {
                found = others(reader, page);
                chunk.changes.removed_enrollments = std::move(found.enrollments);
                chunk.counts.removed = chunk.changes.removed_enrollments.size();
            },
            nullptr);
        if (!done || !found.last) co_return done;
        page.after = found.last;
    }
}

task<Administered<RosterReport>> RosterRun::run() {
    bool sound = false;
    co_await store_.read_long([&](store::Reader&) {
        report_ = {};
        report_.dry_run = options_.dry_run;
        modes_.clear();
        sound = read_manifest();
    });
    if (!sound) co_return report_;
    const auto step = [this](auto member) {
        return [this, member](store::Reader& reader, const std::vector<RosterRow>& rows,
                              ChunkPlan& chunk) { (this->*member)(reader, rows, chunk); };
    };
    if (auto done = co_await find_account(); !done) co_return std::unexpected(done.error());
    if (auto done =
            co_await import("orgs.csv", {"sourcedId", "name", "type"}, step(&RosterRun::plan_orgs));
        !done)
        co_return std::unexpected(done.error());
    co_await store_.read_long([&](store::Reader&) {
        if (courses_.empty()) read_courses();
    });
    if (auto done = co_await import("classes.csv", {"sourcedId", "title", "schoolSourcedId"},
                                    step(&RosterRun::plan_classes), &classes_);
        !done)
        co_return std::unexpected(done.error());
    if (auto done =
            co_await import("users.csv", {"sourcedId", "username", "givenName", "familyName"},
                            step(&RosterRun::plan_people), &people_);
        !done)
        co_return std::unexpected(done.error());
    if (auto done = co_await import(
            "enrollments.csv", {"sourcedId", "classSourcedId", "userSourcedId", "role"},
            step(&RosterRun::plan_enrollments),
            mode_of("enrollments.csv") == Mode::bulk ? &enrollments_ : nullptr);
        !done)
        co_return std::unexpected(done.error());
    if (auto done = co_await remove_others(); !done) co_return std::unexpected(done.error());
    co_return report_;
}

}  // namespace handin::service
