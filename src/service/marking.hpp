// What those who teach do to a submission: grades, comments, dates, giving back.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "domain/command.hpp"
#include "service/committer.hpp"
#include "service/entrance.hpp"
#include "service/shown.hpp"

namespace handin::service {

// Which submission a request names.
struct MarkPlace {
    Uuid class_id;
    Uuid assignment_id;
    Uuid submission_id;
};

class Marking {
 public:
    // All outlive it.
    Marking(store::Store& store, blob::BlobStore& blobs, Committer& committer,
            const Pseudonyms& pseudonyms, const Clock& clock, EntranceLimits limits = {})
        : store_(store),
          blobs_(blobs),
          pseudonyms_(pseudonyms),
          committer_(committer),
          clock_(clock),
          entrance_(store, committer, std::move(limits)) {}

    // Asked before a body is read: why the actor may not mark that; nothing: they may.
    task<std::optional<domain::Refusal>> admit(domain::Actor actor, MarkPlace where);

    // The leave to read the body of who was admitted, while it lasts; `length`: of the body, if it
    // is known. Throws Overloaded. kept() is for what is in memory of it.
    Reception::Seat seat(std::optional<std::uint64_t> length) { return entrance_.enter(length); }
    Reception::Kept kept() { return entrance_.kept(); }
    const Reception& reception() const { return entrance_.reception(); }

    // Carries `command` out on the submission that the actor calls so, whose student, ids and time
    // it fills in. A comment that says what the last one said is no news and is left out. Throws
    // TryLater.
    task<std::expected<Accepted, domain::Refusals>> mark(domain::Actor actor, Uuid submission_id,
                                                         domain::MarkSubmission command);

    // Whether mark() would do that as things are now: for whoever first does something else that
    // would stay. Changes nothing.
    task<std::expected<void, domain::Refusals>> check(domain::Actor actor, Uuid submission_id,
                                                      domain::MarkSubmission command);

    // Of one assignment, without a role in its class: it must be granted for each of the students
    // (Feedback.Manage). All of them or none; a refusal's field begins with "marks[i].".
    struct StudentMark {
        Uuid person_id;
        std::optional<domain::NewGrade> grade = {};
        std::optional<std::string> comment = {};
        std::optional<domain::NewDates> dates = {};
    };
    struct Marks {
        domain::Origin origin = domain::Origin::handin;
        Uuid class_id;
        Uuid assignment_id;
        std::vector<StudentMark> students;
        Time received_at;
        domain::RequestFacts request;
    };
    task<std::expected<void, domain::Refusals>> mark_all(domain::Actor actor, Marks marks);

 private:
    struct Before {
        std::vector<domain::Attempt> last = {};   // of the student, and of their group
        std::vector<Uuid> not_theirs = {};        // of the group, whom the actor may not mark
        std::optional<std::string> comment = {};  // a grader's last one, if its row does not tell
    };
    static std::optional<Before> before(store::Reader& reader, const domain::Actor& actor,
                                        const Marks& marks, const StudentMark& student);

    struct Target;
    task<std::expected<Target, domain::Refusal>> find(domain::Actor actor, MarkPlace where);
    static void fill_in(domain::MarkSubmission& command, domain::Actor actor, Target& target,
                        Time now);

    store::Store& store_;
    blob::BlobStore& blobs_;
    const Pseudonyms& pseudonyms_;
    Committer& committer_;
    const Clock& clock_;
    Entrance entrance_;
};

}  // namespace handin::service
