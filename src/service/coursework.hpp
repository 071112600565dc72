// What people may see of classes, assignments and submissions.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/task.hpp"
#include "base/time.hpp"
#include "blob/blob.hpp"
#include "domain/access.hpp"
#include "domain/coursework.hpp"
#include "domain/permission.hpp"
#include "domain/refusal.hpp"
#include "domain/roster.hpp"
#include "service/shown.hpp"
#include "store/store.hpp"

namespace handin::service {

// Part of a list; see store/reader.hpp.
using store::Page;

struct Profile {
    domain::Person person;
    domain::Affiliation affiliation;
};

// Part of a list. `next` is where it goes on; nothing: that was all. What may not be shown, or is
// not meant, shortens it, down to nothing, and does not end it.
template <class T>
struct Listed {
    std::vector<T> items;
    std::optional<Uuid> next;
    std::size_t looked_at = 0;  // rows, for these items
};

// A file on its way to somebody who may have it.
struct Download {
    domain::Attachment attachment;
    std::string row_bytes;                 // if attachment.bytes.in_row
    std::unique_ptr<blob::Reader> reader;  // otherwise
};

template <class T>
using Answer = std::expected<T, domain::Refusal>;

class Coursework {
 public:
    // All outlive it.
    Coursework(store::Store& store, blob::BlobStore& blobs, const Pseudonyms& pseudonyms,
               const Clock& clock)
        : store_(store), blobs_(blobs), pseudonyms_(pseudonyms), clock_(clock) {}

    task<Answer<Profile>> profile(domain::Actor actor);
    // Those that the person has a role in; of a program, all of the account.
    task<Answer<Listed<domain::Class>>> classes(domain::Actor actor, Page page);
    task<Answer<domain::Class>> klass(domain::Actor actor, Uuid class_id);
    task<Answer<Listed<domain::Assignment>>> assignments(domain::Actor actor, Uuid class_id,
                                                         Page page);
    task<Answer<domain::Assignment>> assignment(domain::Actor actor, Uuid class_id,
                                                Uuid assignment_id);
    // Everybody's for those who teach, one's own for others (edlink.md 1.3). Also those of students
    // who have handed nothing in. A page ends early when its texts grow long.
    task<Answer<Listed<ShownSubmission>>> submissions(domain::Actor actor, Uuid class_id,
                                                      Uuid assignment_id, Page page);
    task<Answer<ShownSubmission>> submission(domain::Actor actor, Uuid class_id, Uuid assignment_id,
                                             Uuid submission_id);
    // Whose work that is: the id of a submission or of a student, for somebody who hands in for
    // others there (Submission.CreateOnBehalfOf) or sees everybody's.
    struct Whose {
        Uuid person_id;
        Uuid name;  // what the actor calls the submission
        bool is_pseudonym = false;
        bool by_person = false;  // asked for by the student's id
    };
    task<Answer<Whose>> whose(domain::Actor actor, Uuid class_id, Uuid assignment_id, Uuid id,
                              domain::Permission permission);
    // assignment_id and submission_id: where the path says that the file is, if it does.
    task<Answer<Download>> file(domain::Actor actor, Uuid class_id,
                                std::optional<Uuid> assignment_id,
                                std::optional<Uuid> submission_id, Uuid file_id);

 private:
    store::Store& store_;
    blob::BlobStore& blobs_;
    const Pseudonyms& pseudonyms_;
    const Clock& clock_;
};

}  // namespace handin::service
