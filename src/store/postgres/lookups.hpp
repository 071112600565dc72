// Rows by key: what both the writers' batches and the readers ask for. Each is one statement for
// any number of keys.
#pragma once

#include "domain/access.hpp"
#include "domain/comment.hpp"
#include "domain/coursework.hpp"
#include "domain/groups.hpp"
#include "domain/roster.hpp"
#include "domain/upload.hpp"
#include "store/postgres/rows.hpp"

namespace handin::store::postgres {

// $1: an array of ids, hashes or names.
extern const char* const kAccountsById;
extern const char* const kPeopleById;
extern const char* const kClassesById;
extern const char* const kAssignmentsById;
extern const char* const kLastAssignments;
extern const char* const kIntegrationsById;
extern const char* const kIntegrationsByClient;
extern const char* const kTokensByHash;
extern const char* const kSubmissionsById;
extern const char* const kUploadsById;
extern const char* const kUsagesByOwner;
// $1: class ids, $2: person ids, of the same length. A row a role.
extern const char* const kRolesByMember;
// The same; a row a member that is in a group.
extern const char* const kGroupsByMember;
extern const char* const kCommentsById;
extern const char* const kGeneration;

domain::Account account_row(Rows& row);
domain::Person person_row(Rows& row);
domain::Class class_row(Rows& row);
domain::Assignment assignment_row(Rows& row);
domain::Integration integration_row(Rows& row);
domain::Token token_row(Rows& row);
domain::Submission submission_row(Rows& row);  // the stamp comes after it
domain::Group group_row(Rows& row);            // after set and person, which the caller has read
domain::Comment comment_row(Rows& row);
domain::Upload upload_row(Rows& row);  // the version comes after it
domain::UploadUsage usage_row(Rows& row);

// A role more of a member: after class and person, which the caller has read.
void add_role(Rows& row, std::optional<domain::Membership>& membership);

}  // namespace handin::store::postgres
