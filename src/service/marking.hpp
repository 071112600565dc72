// What those who teach do to a submission: grades, comments, dates, giving back.
#pragma once

#include <expected>
#include <optional>

#include "domain/command.hpp"
#include "service/committer.hpp"
#include "service/shown.hpp"

namespace handin::service {

class Marking {
 public:
    // All outlive it.
    Marking(store::Store& store, blob::BlobStore& blobs, Committer& committer, const Clock& clock)
        : store_(store), blobs_(blobs), committer_(committer), clock_(clock) {}

    // Carries `command` out on the submission of that id, whose student, ids and time it fills in.
    // A comment that says what the last one said is no news and is left out. Throws TryLater.
    task<std::expected<Accepted, domain::Refusals>> mark(domain::Actor actor, Uuid submission_id,
                                                         domain::MarkSubmission command);

 private:
    struct Target;
    task<std::expected<Target, domain::Refusal>> find(domain::Actor actor, Uuid submission_id,
                                                      const domain::MarkSubmission* command);

    store::Store& store_;
    blob::BlobStore& blobs_;
    Committer& committer_;
    const Clock& clock_;
};

}  // namespace handin::service
