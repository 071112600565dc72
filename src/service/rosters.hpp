// Who belongs to what, as people and programs may look it up.
#pragma once

#include <expected>
#include <optional>
#include <vector>

#include "base/task.hpp"
#include "domain/access.hpp"
#include "domain/roster.hpp"
#include "service/coursework.hpp"
#include "store/store.hpp"

namespace handin::service {

// Of whom a list is.
enum class Part : std::uint8_t { everybody, teachers, students, administrators };

// Whose enrollments.
struct EnrollmentsOf {
    std::optional<Uuid> class_id = {};   // of a class
    std::optional<Uuid> person_id = {};  // or of a person; else all that the actor may see
};

class Rosters {
 public:
    // It outlives this.
    explicit Rosters(store::Store& store) : store_(store) {}

    // What a person sees beyond themselves is that of their classes: names and roles, and of those
    // they teach also how to reach them. A program that stands for the school sees all of it; one
    // may not ask about people or the school as a whole as a person.
    task<Answer<Listed<Profile>>> people(domain::Actor actor, Page page);
    // `class_id`: a class of both, if the actor asks as a member of that.
    task<Answer<Profile>> person(domain::Actor actor, Uuid id, std::optional<Uuid> class_id = {});
    task<Answer<Listed<Profile>>> members(domain::Actor actor, Uuid class_id, Part part, Page page);
    task<Answer<Listed<domain::Enrollment>>> enrollments(domain::Actor actor, EnrollmentsOf of,
                                                         Page page);
    task<Answer<domain::Enrollment>> enrollment(domain::Actor actor, Uuid id);
    task<Answer<Listed<domain::Class>>> classes_of(domain::Actor actor, Uuid person_id, Page page);
    // For a person those of their own classes.
    task<Answer<Listed<domain::Department>>> departments(domain::Actor actor, Page page);
    task<Answer<domain::Department>> department(domain::Actor actor, Uuid id);
    // What belongs to a department: classes as far as the actor sees them, people by their classes.
    task<Answer<Listed<domain::Class>>> classes_in(domain::Actor actor, Uuid department_id,
                                                   Page page);
    task<Answer<Listed<Profile>>> people_in(domain::Actor actor, Uuid department_id, Part part,
                                            Page page);
    task<Answer<Listed<domain::Department>>> departments_of(domain::Actor actor, Uuid person_id,
                                                            Page page);
    task<Answer<domain::Account>> account(domain::Actor actor);
    task<Answer<domain::Integration>> integration(domain::Actor actor);

 private:
    store::Store& store_;
};

}  // namespace handin::service
