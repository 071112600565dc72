// The objects that Tabula's replies are made of (tabula.md 3).
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "service/office/office.hpp"
#include "service/shown.hpp"

namespace handin::tabula {

namespace json = boost::json;

// What every rendering needs to know of the request.
struct Look {
    std::string base_url;
    std::string zone;  // in which times are shown
    Time now;
};

std::string date_time(const Look& look, Time time);

json::object render(const Look& look, const service::KnownFile& file);

// A submission: what it says in every reply (3.3, 3.4, 3.5). The attempt must be there.
json::object render_submission(const Look& look, const domain::Assignment& assignment,
                               const domain::Submission& facts, const domain::Flags& flags,
                               const service::ShownAttempt& attempt);
json::object render_submission(const Look& look, const domain::Assignment& assignment,
                               const service::Work& work);

json::object render_module(const service::Module& module);     // with its name, code, department
json::object render_short_module(const domain::Class& klass);  // code, name, active
json::object render_department(const service::DepartmentModules& department);

json::object render(const Look& look, const domain::Extension& extension);

// 3.9; `students` are counted.
json::object render_assignment(const Look& look, const service::AssignmentWork& whole);
json::object render_student(const Look& look, const domain::Assignment& assignment,
                            const service::Work& work);
// An item of 3.7, and of 3.11.
json::object render_member_submission(const Look& look, const service::MemberWork& item,
                                      std::size_t submissions, std::size_t extensions);
json::object render_member_assignment(const Look& look, const service::MemberWork& item);

// As many files as an attempt has, where an assignment sets no limit.
inline constexpr std::size_t kMostFiles = 100;

// By which a person is named: the university id, or else the login.
const std::string& name_of(const domain::Person& person);
// "/module/cs101/assignments/…/submissions/…"
std::string path_of(const service::ModulePlace& place, const Uuid& attempt_id);

// The number of words, of an assignment that asks for it.
json::value words_of(const domain::Assignment& assignment, const domain::AttemptNote& note);

}  // namespace handin::tabula
