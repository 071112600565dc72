// What others than graders tell of handed-in work: whether it is suspected of plagiarism, what a
// similarity checker found, and what a school's records say of a person's disability.
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "domain/attempt_note.hpp"
#include "service/administration/administration.hpp"
#include "service/committer.hpp"
#include "service/marking.hpp"
#include "store/store.hpp"

namespace handin::service {

class WorkNotes {
 public:
    // All outlive it.
    WorkNotes(store::Store& store, Committer& committer, Marking& marking, const Clock& clock)
        : store_(store),
          committer_(committer),
          marking_(marking),
          clock_(clock),
          changer_(store, committer, clock) {}

    using Done = std::expected<void, domain::Refusals>;
    // Of the attempt that counts; earlier ones are refused. All throw TryLater.
    task<Done> set_plagiarism(Operator by, Uuid attempt_id, domain::Plagiarism plagiarism);
    // Of a file of that attempt; nothing: it is taken away.
    task<Done> set_report(Operator by, Uuid attachment_id,
                          std::optional<domain::OriginalityReport> report);
    // More time for one student, as a school's own records have it (tabula.md 4.5).
    task<Done> set_extension(Operator by, Uuid assignment_id, std::string person,
                             domain::Extension extension, domain::RequestFacts request);
    // `person`: id, login, SIS id or university id.
    task<Done> set_disability(Operator by, std::string person, domain::Disability disability);

 private:
    task<std::expected<domain::NoteAttempt, domain::Refusals>> note_for(const Operator* by,
                                                                        std::optional<Uuid> attempt,
                                                                        std::optional<Uuid> file);
    task<Done> carry_out(domain::NoteAttempt note);

    store::Store& store_;
    Committer& committer_;
    Marking& marking_;
    const Clock& clock_;
    Changer changer_;
};

}  // namespace handin::service
