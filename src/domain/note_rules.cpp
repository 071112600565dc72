#include "domain/note_rules.hpp"

#include <algorithm>

#include "domain/attempt_note.hpp"
#include "domain/state.hpp"

namespace handin::domain {

std::expected<Accepted, Refusals> decide_note(const State& state, const NoteAttempt& command,
                                              Time now) {
    const auto& row = state.submissions.at(submission_id(command.assignment_id, command.person_id));
    if (!row || live_attempt(*row) != command.attempt_id)
        return std::unexpected(Refusals{
            {Reason::no_such_attempt, "attempt", "That is not the work that counts now."}});
    auto note = note_on(row->marking.notes, static_cast<std::uint32_t>(row->attempts.size()));
    const auto before = note;
    note.plagiarism = command.plagiarism.value_or(note.plagiarism);
    note.downloaded = note.downloaded || command.downloaded;
    const auto forget = [&](const Uuid& attachment) {
        std::erase_if(note.reports,
                      [&](const FileReport& each) { return each.attachment_id == attachment; });
    };
    std::ranges::for_each(command.removed_reports, forget);
    for (const auto& report : command.reports) {
        forget(report.attachment_id);
        note.reports.push_back(report);
    }
    Accepted accepted;
    accepted.submission = *row;
    if (note == before) {
        accepted.unchanged = true;
        return accepted;
    }
    auto& after = accepted.submission;
    put_note(after.marking.notes, std::move(note));
    // Whoever reads it changes nothing of the work.
    if (command.plagiarism || !command.reports.empty() || !command.removed_reports.empty())
        after.updated_at = now;
    after.version += 1;
    accepted.changes.submissions.push_back(after);
    return accepted;
}

}  // namespace handin::domain
