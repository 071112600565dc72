// What a decision wants written, as plain data; one transaction writes all of it or nothing.
#pragma once

#include <string>
#include <vector>

#include "domain/access.hpp"
#include "domain/audit.hpp"
#include "domain/category.hpp"
#include "domain/comment.hpp"
#include "domain/coursework.hpp"
#include "domain/event.hpp"
#include "domain/groups.hpp"
#include "domain/receipt.hpp"
#include "domain/roster.hpp"
#include "domain/upload.hpp"

namespace handin::domain {

// Bytes small enough to be a row.
struct RowBytes {
    Uuid storage_id;
    std::string bytes;
};

// A named value of the installation.
struct Setting {
    std::string name;
    std::string value;
};

struct Changes {
    // New facts. `version` is the new one; the row must still have the one before (0: no row).
    std::vector<Submission> submissions;
    std::vector<Attempt> attempts;
    std::vector<Comment> comments;
    std::vector<RowBytes> row_bytes;
    std::vector<Event> events;
    std::vector<Token> tokens;
    std::vector<ReceiptBatch> receipt_batches;
    std::vector<Upload> uploads;  // as they are now
    // Gone, and with those that are not attached their bytes, as soon as this has committed.
    std::vector<Upload> removed_uploads;
    std::vector<UploadUsage> upload_usages;
    std::vector<Participant> participants;  // those that are there already stay

    // Rostering rows: inserted, or changed where the id is there already (accounts, enrollments
    // and grants are only ever inserted).
    std::vector<Account> accounts;
    std::vector<Department> departments;
    std::vector<Person> people;
    std::vector<Class> classes;
    std::vector<Enrollment> enrollments;
    std::vector<Assignment> assignments;
    std::vector<Category> categories;
    std::vector<Group> groups;
    std::vector<Integration> integrations;
    std::vector<ApiUser> api_users;
    std::vector<Grant> grants;
    std::vector<Setting> settings;

    // Gone. With a token go those that came from it.
    std::vector<Digest256> removed_tokens;
    std::vector<Uuid> removed_api_users;
    std::vector<Uuid> removed_grants;
    std::vector<Enrollment> removed_enrollments;
    std::vector<Uuid> removed_categories;

    std::vector<AuditEntry> audit;
};

// Any row of a kind that may be kept in memory, or that a decision may have been made on without
// writing it; but for tokens that are new, which nobody can have asked for.
bool touches_roster(const Changes& changes);

}  // namespace handin::domain
