// What a receipt states of one attempt.
#pragma once

#include <string>
#include <string_view>

#include "domain/coursework.hpp"

namespace handin::receipt {

// Where an attempt belongs, and whose work it is.
struct Subject {
    Uuid account_id;
    Uuid class_id;
    Uuid assignment_id;
    Uuid person_id;
};

// The statement in its canonical form: what the leaf is hashed from (docs/receipts.md).
std::string statement(const Subject& subject, const domain::Attempt& attempt);
void append_statement(std::string& out, const Subject& subject, const domain::Attempt& attempt);

// What leaf_hash() takes: the salt, without which nobody can guess the statement from its hash,
// and the statement.
std::string leaf_entry(const domain::Salt& salt, const Subject& subject,
                       const domain::Attempt& attempt);

// file, link, text.
std::string_view kind_name(domain::AttachmentKind kind);

}  // namespace handin::receipt
