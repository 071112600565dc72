// What belongs to one attempt beside its files: what the student declared with it, and what is said
// of it that is no grade (tabula.md 3.3, 3.5, 3.12). Few attempts have any of it, so it is kept
// with the submission's marking.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.hpp"
#include "base/uuid.hpp"
#include "domain/declarations.hpp"
#include "domain/plagiarism.hpp"

namespace handin::domain {

// Of one file of the attempt.
struct FileReport {
    Uuid attachment_id;
    OriginalityReport report;

    bool operator==(const FileReport&) const = default;
};

struct AttemptNote {
    std::uint32_t attempt = 0;  // its number
    Declarations declared = {};
    std::optional<Time> deadline = {};  // of this attempt, instead of the due date
    Plagiarism plagiarism = Plagiarism::none;
    std::vector<FileReport> reports = {};
    bool downloaded = false;  // by somebody who reads everybody's work

    bool operator==(const AttemptNote&) const = default;
    bool empty() const { return *this == AttemptNote{.attempt = attempt}; }
};

// Those of a submission, oldest attempt first, without empty ones.
using AttemptNotes = std::vector<AttemptNote>;

// Empty if nothing was noted.
AttemptNote note_on(const AttemptNotes& notes, std::uint32_t attempt);
// In the place of what was noted of that attempt.
void put_note(AttemptNotes& notes, AttemptNote note);

}  // namespace handin::domain
