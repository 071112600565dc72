// Where a request takes place, and whether the actor may know of it. For the use cases of this
// folder.
#pragma once

#include <expected>
#include <string>

#include "domain/access.hpp"
#include "domain/coursework.hpp"
#include "domain/refusal.hpp"
#include "domain/roster.hpp"
#include "store/reader.hpp"

namespace handin::service {

std::unexpected<domain::Refusal> missing(std::string what);

// The place of the actor in the class; nobody else learns that it exists.
std::expected<domain::Membership, domain::Refusal> enter(store::Reader& reader,
                                                         const domain::Actor& actor,
                                                         const Uuid& class_id);

bool may_see(const domain::Membership& membership, const Uuid& person,
             const domain::Assignment& assignment, Time now);

struct Place {
    domain::Membership membership;
    domain::Assignment assignment;
};
std::expected<Place, domain::Refusal> find_place(store::Reader& reader, const domain::Actor& actor,
                                                 const Uuid& class_id, const Uuid& assignment_id,
                                                 Time now);

// A student's submission, whether or not anything has been handed in.
domain::Submission submission_of(store::Reader& reader, const domain::Assignment& assignment,
                                 const store::ClassMember& student);

// Whose submission has this id? Without a row only trying everybody tells: the id is a hash.
std::optional<store::ClassMember> find_student(store::Reader& reader,
                                               const domain::Assignment& assignment,
                                               const Uuid& submission_id);

}  // namespace handin::service
