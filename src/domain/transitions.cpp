#include "domain/transitions.hpp"

#include "domain/state.hpp"

namespace handin::domain {
namespace {

using Kind = Event::Kind;

// What Canvas saves as one row when it tells submission_updated: not what has events of its own,
// and not posting, which it writes past the row's callbacks (canvas-live-events.md 2.1, 2.3).
Marking told_by_update(Marking marking) {
    marking.posted_at.reset();
    marking.returned.reset();
    marking.dates = {};
    marking.extension.reset();
    marking.comments.clear();
    marking.last_said.reset();
    return marking;
}

Judgement counted(const Marking& marking) {
    return marking.grade ? marking.grade->counted : Judgement{};
}

bool is_graded(const Submission& submission) {
    return canvas_state_of(submission) == CanvasState::graded;
}

}  // namespace

std::vector<Kind> events_between(const Submission& before, const Submission& after, bool told) {
    std::vector<Kind> events;
    const auto& was = before.marking;
    const auto& is = after.marking;
    if (after.attempts.size() > before.attempts.size()) events.push_back(Kind::submission_created);
    if (after.reclaimed && !before.reclaimed) events.push_back(Kind::submission_reclaimed);
    if (!events.empty()) return events;

    const bool dates = is.dates != was.dates || is.extension != was.extension;
    const bool commented = is.comments.size() > was.comments.size();
    const bool posted = is.posted_at != was.posted_at;
    // A comment that posts the grade is one save with it (2.3 "instructor's first comment").
    const bool saved = told_by_update(was) != told_by_update(is) || (posted && commented);
    const bool graded = counted(was) != counted(is) || was.excused != is.excused ||
                        (is_graded(after) && !is_graded(before));

    if (dates) events.push_back(Kind::dates_changed);
    if (saved && canvas_state_of(after) != CanvasState::unsubmitted)
        events.push_back(Kind::submission_updated);
    // 2.6 "Condition"; posting and hiding by themselves tell of grades that there are (2.3).
    if (graded || (posted && (saved || is_grading_complete(after))))
        events.push_back(Kind::grade_changed);
    if (is.returned != was.returned) events.push_back(Kind::submission_returned);
    if (commented && told) events.push_back(Kind::submission_commented);
    return events;
}

}  // namespace handin::domain
