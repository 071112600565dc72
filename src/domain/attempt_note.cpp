#include "domain/attempt_note.hpp"

#include <algorithm>
#include <utility>

namespace handin::domain {

AttemptNote note_on(const AttemptNotes& notes, std::uint32_t attempt) {
    const auto found = std::ranges::find(notes, attempt, &AttemptNote::attempt);
    return found == notes.end() ? AttemptNote{.attempt = attempt} : *found;
}

void put_note(AttemptNotes& notes, AttemptNote note) {
    const auto at = std::ranges::lower_bound(notes, note.attempt, {}, &AttemptNote::attempt);
    const bool there = at != notes.end() && at->attempt == note.attempt;
    if (note.empty()) {
        if (there) notes.erase(at);
    } else if (there) {
        *at = std::move(note);
    } else {
        notes.insert(at, std::move(note));
    }
}

}  // namespace handin::domain
