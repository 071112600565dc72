// Where a request takes place, and whether the actor may know of it. For the use cases of this
// folder.
#pragma once

#include <expected>
#include <string>

#include "domain/access.hpp"
#include "domain/coursework.hpp"
#include "domain/may.hpp"
#include "domain/refusal.hpp"
#include "domain/roster.hpp"
#include "service/onlooker.hpp"
#include "store/reader.hpp"

namespace handin::service {

std::unexpected<domain::Refusal> missing(std::string what);

// Somebody, or a program, that may know of the class, and what else they may there, or of one of
// its assignments (domain/may.hpp).
struct Member {
    domain::Standing standing;
    domain::Target target;
    domain::Membership membership;  // no roles: it was granted
    bool reads_all = false;         // everybody's work, and what is not published
    bool reads_own = false;         // their own
    bool reads_others = false;      // somebody else's, perhaps not everybody's

    // Somebody's work: what is denied, or granted, may be about one student.
    bool reads_work_of(const Uuid& person) const;
};

// Nobody else learns that the class exists.
std::expected<Member, domain::Refusal> enter(store::Reader& reader, const domain::Actor& actor,
                                             const Uuid& class_id);

bool may_see(const Member& member, const std::optional<Uuid>& person,
             const domain::Assignment& assignment, Time now);

// Whether the id is that of what they have handed in, and may read, themselves.
bool is_own(const Member& member, const domain::Assignment& assignment, const Uuid& submission_id);
// What they are to the submission that they call so: who reads everybody's grades.
Onlooker onlooker_of(const Member& member, const domain::Assignment& assignment, const Uuid& name,
                     const Pseudonyms& pseudonyms);

struct Place {
    Member member;
    domain::Assignment assignment;
};
std::expected<Place, domain::Refusal> find_place(store::Reader& reader, const domain::Actor& actor,
                                                 const Uuid& class_id, const Uuid& assignment_id,
                                                 Time now);

// Whether they may hand their own work in there, and take it back.
bool may_hand_in(store::Reader& reader, const domain::Actor& actor, const Uuid& class_id,
                 const Uuid& assignment_id);

// A student's submission, whether or not anything has been handed in.
domain::Submission submission_of(store::Reader& reader, const domain::Assignment& assignment,
                                 const store::ClassMember& student);

// Whose submission has this id? Without a row only trying everybody tells: the id is a hash.
std::optional<store::ClassMember> find_student(store::Reader& reader,
                                               const domain::Assignment& assignment,
                                               const Uuid& submission_id);

}  // namespace handin::service
