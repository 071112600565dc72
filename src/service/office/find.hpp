// Rows by the names that Tabula's clients use. For the use cases of this folder.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "domain/access.hpp"
#include "service/access.hpp"
#include "service/office/office.hpp"
#include "store/reader.hpp"

namespace handin::service::office {

// What a file is called, sanitised; a text is one as well.
std::string filename_of(const domain::Attachment& attachment);

// In lower case; a class without a module code goes by its SIS id.
std::string code_of(const domain::Class& klass);

// Codes are the same in upper and in lower case.
bool same_code(std::string_view one, std::string_view other);

// By its code, or its id.
bool is_named(const domain::Class& klass, const std::string& code);

std::vector<domain::Class> all_classes(store::Reader& reader, const Uuid& account_id);

Answer<Module> module_of(store::Reader& reader, domain::Class klass);
// tabula.md 6, conflict 9: an assignment of another module is not there.
Answer<ModulePlace> find_assignment(store::Reader& reader, const domain::Actor& actor,
                                    const std::optional<std::string>& module,
                                    const Uuid& assignment_id);
Answer<domain::Person> find_member(store::Reader& reader, const domain::Actor& actor,
                                   const std::string& university_id);

bool may(store::Reader& reader, const domain::Actor& actor, domain::Permission permission,
         const Where& where);
// The refusal names what it is about.
std::optional<domain::Refusal> deny(store::Reader& reader, const domain::Actor& actor,
                                    domain::Permission permission, const Where& where,
                                    std::string target);

Work work_of(store::Reader& reader, const domain::Assignment& assignment, domain::Person person,
             bool enrolled, Time now);
// Everybody whom it is for, and whoever has handed in.
std::vector<Work> works_of(store::Reader& reader, const domain::Assignment& assignment, Time now);

}  // namespace handin::service::office
