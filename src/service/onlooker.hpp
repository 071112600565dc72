// Who looks at a submission, and what is left of it for them.
#pragma once

#include "domain/access.hpp"
#include "domain/coursework.hpp"
#include "domain/visibility.hpp"

namespace handin::service {

struct Onlooker {
    Uuid person_id;
    domain::Viewer viewer = domain::Viewer::nobody;
    domain::Anonymity marking = domain::Anonymity::named;
};

// The owner of the submission, who may be told of their own work.
inline Onlooker owner(const domain::Actor& actor) {
    return {actor.person_id.value_or(Uuid{}), domain::Viewer::owner, domain::Anonymity::named};
}
// Somebody who grades in the class.
inline Onlooker grader(const domain::Actor& actor, const domain::Assignment& assignment) {
    return {actor.person_id.value_or(Uuid{}), domain::Viewer::grader, assignment.rules.marking};
}

inline domain::Sight sight_of(const Onlooker& onlooker, const domain::Submission& facts) {
    return domain::sight_of(onlooker.viewer, onlooker.marking, facts.marking.posted_at);
}

}  // namespace handin::service
