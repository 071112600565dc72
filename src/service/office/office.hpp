// What systems of the school's own, which sign in as API users, look at and ask before they act: by
// module code, assignment and university id (tabula.md 2, 3).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/task.hpp"
#include "base/time.hpp"
#include "domain/command.hpp"
#include "domain/dates.hpp"
#include "domain/permission.hpp"
#include "domain/state.hpp"
#include "service/committer.hpp"
#include "service/coursework.hpp"
#include "service/shown.hpp"
#include "store/store.hpp"

namespace handin::service {

struct Module {
    domain::Class klass;
    domain::Department department;
};

struct ModulePlace {
    Module module;
    domain::Assignment assignment;
};

// Something to be done for a student: where, and whether the actor may.
struct Errand {
    ModulePlace place;
    domain::Person person;
    bool permitted = false;
    std::string denied_on = {};  // what the permission is missing on
};

// One student's work for one assignment.
struct Work {
    domain::Person person;
    bool enrolled = true;
    domain::Submission facts;
    domain::Flags flags;
    domain::StudentDates dates;
    std::optional<ShownAttempt> attempt;  // the live one, if there is any
    std::optional<std::string> feedback;  // the last thing that somebody who grades has said
};

struct AssignmentWork {
    ModulePlace place;
    std::vector<Work> students;  // everybody it is for, and whoever has handed in
};

// Where an assignment is to be set, and what else there is.
struct SettingPlace {
    Module module = {};
    std::optional<domain::Assignment> assignment = {};  // that is to be changed
    std::vector<domain::Assignment> others = {};        // of all classes with that module code
};

// What is to be done to it; that the actor may was asked (Office::setting_place).
struct AssignmentSetting {
    domain::ChangeAssignment::Kind kind = domain::ChangeAssignment::Kind::create;
    domain::Class klass;
    std::optional<Uuid> assignment_id = {};  // not of a new one
    domain::AssignmentFields fields = {};    // but for whom it is
    // Usercodes or university ids: only these students of the class, or all but those.
    std::optional<std::vector<std::string>> include = {};
    std::optional<std::vector<std::string>> exclude = {};
    std::optional<domain::ReplayKey> replay_key = {};
    domain::RequestFacts request = {};
};

// What a student has handed in, or could, over all modules.
struct MemberWork {
    ModulePlace place;
    Work work;
};

struct DepartmentModules {
    domain::Department department;
    std::vector<domain::Class> modules;
};

// A file that was sent beforehand, or one of an attempt.
struct KnownFile {
    Uuid id;
    std::string name;
    bool attached = false;
    Digest160 sha1{};
    std::optional<std::string> uploaded_by = {};  // login or name of an API user, if it is known
    Time uploaded_at = {};
    Time started_at = {};
};

class Office {
 public:
    // All outlive it.
    Office(store::Store& store, blob::BlobStore& blobs, Committer& committer, const Clock& clock)
        : store_(store), blobs_(blobs), committer_(committer), clock_(clock) {}

    // A refusal's field says what is not there ("Assignment"), or what is denied on.

    // Hand in for a student: asked of the assignment and of the student.
    task<Answer<Errand>> errand(domain::Actor actor, std::string module, Uuid assignment_id,
                                std::string university_id);
    // The same with times of one's choice: asked of the whole account (tabula.md 3.12).
    task<Answer<Errand>> timed_errand(domain::Actor actor, Uuid assignment_id,
                                      std::string university_id);
    // What was answered to an earlier request with the same key.
    task<std::optional<Accepted>> answered(const Errand* errand,
                                           std::optional<domain::ReplayKey> key);

    task<Answer<AssignmentWork>> works(
        domain::Actor actor, std::string module, Uuid assignment_id,
        domain::Permission permission = domain::Permission::submission_read);
    // `attempt_id`: only the live one is there (DESIGN 5.1a).
    task<Answer<MemberWork>> work(domain::Actor actor, std::string module, Uuid assignment_id,
                                  Uuid attempt_id);
    // A file of it, by its sanitised name; not opened yet, if it is no row.
    struct File {
        MemberWork of;
        Download download;
    };
    task<Answer<File>> file(domain::Actor actor, std::string module, Uuid assignment_id,
                            Uuid attempt_id, std::string name);
    // Opens so many bytes of it.
    task<void> open(File* file, std::uint64_t offset, std::uint64_t length);
    // Notes that somebody has it; written once for an attempt (tabula.md 4.7).
    task<void> note_download(domain::Actor actor, const File* file);

    task<Answer<std::vector<MemberWork>>> member(domain::Actor actor, std::string university_id);

    task<std::vector<Module>> modules(domain::Actor actor);
    task<Answer<Module>> module(domain::Actor actor, std::string code);
    task<std::vector<DepartmentModules>> departments(domain::Actor actor);
    // Of all classes with that module code, or of that department.
    task<Answer<std::vector<AssignmentWork>>> module_assignments(domain::Actor actor,
                                                                 std::string code);
    task<Answer<std::vector<AssignmentWork>>> department_assignments(domain::Actor actor,
                                                                     std::string code);

    task<Answer<SettingPlace>> setting_place(domain::Actor actor, std::string code,
                                             std::optional<Uuid> assignment_id,
                                             domain::Permission permission);
    // Its id. Durable, with its event, when it returns. Throws TryLater.
    task<std::expected<Uuid, domain::Refusals>> set_assignment(domain::Actor actor,
                                                               AssignmentSetting setting);

    task<Answer<KnownFile>> attachment(domain::Actor actor, Uuid id);

 private:
    store::Store& store_;
    blob::BlobStore& blobs_;
    Committer& committer_;
    const Clock& clock_;
};

}  // namespace handin::service
