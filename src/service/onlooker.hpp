// Who looks at a submission, and what is left of it for them.
#pragma once

#include "domain/access.hpp"
#include "domain/coursework.hpp"
#include "domain/visibility.hpp"
#include "service/pseudonyms.hpp"

namespace handin::service {

struct Onlooker {
    Uuid person_id;
    domain::Viewer viewer = domain::Viewer::nobody;
    domain::Anonymity marking = domain::Anonymity::named;
    // Of who must not learn from an id whose work it is; null: ids are told as they are.
    const Pseudonyms* pseudonyms = nullptr;
};

// The owner of the submission, who may be told of their own work.
inline Onlooker owner(const domain::Actor& actor) {
    return {actor.person_id.value_or(Uuid{}), domain::Viewer::owner, domain::Anonymity::named};
}
// Somebody who grades in the class. What is marked without names keeps its pseudonyms for them also
// after the grade is posted, so that what they have noted stays good.
inline Onlooker grader(const domain::Actor& actor, const domain::Assignment& assignment,
                       const Pseudonyms& pseudonyms) {
    const auto marking = assignment.rules.marking;
    return {actor.person_id.value_or(Uuid{}), domain::Viewer::grader, marking,
            marking == domain::Anonymity::anonymous ? &pseudonyms : nullptr};
}

// What the submission is called to them, and which one they call so.
inline Uuid name_for(const Onlooker& onlooker, const Uuid& submission_id) {
    return onlooker.pseudonyms != nullptr ? onlooker.pseudonyms->of(submission_id) : submission_id;
}
inline Uuid named_by(const Onlooker& onlooker, const Uuid& name) {
    return onlooker.pseudonyms != nullptr ? onlooker.pseudonyms->undone(name) : name;
}

inline domain::Sight sight_of(const Onlooker& onlooker, const domain::Submission& facts) {
    return domain::sight_of(onlooker.viewer, onlooker.marking, facts.marking.posted_at);
}

}  // namespace handin::service
