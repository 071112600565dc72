// Values as Edlink objects (edlink.md 3).
#pragma once

#include <boost/json/value.hpp>
#include <string>

#include "api/edlink/reply.hpp"
#include "domain/category.hpp"
#include "domain/coursework.hpp"
#include "domain/roster.hpp"
#include "service/coursework.hpp"

namespace handin::edlink {

json::value render(const service::Profile& profile);
json::value render(const domain::Class& klass);
json::value render(const domain::Assignment& assignment, Time now);

json::value render(const domain::Category& category);
json::value render(const domain::Enrollment& enrollment);
json::value render(const domain::Department& department);  // a school
json::value render(const domain::Account& account);        // a district
json::value render(const domain::Integration& integration);
json::value render_source(const domain::Account& account);

// What download URLs are made of.
struct Where {
    Tree tree = Tree::my;
    std::string base_url;
    Uuid class_id;
};
// A list shares one memory, see json_memory().
json::value render(const service::ShownSubmission& submission, const Where& where,
                   json::storage_ptr memory);

}  // namespace handin::edlink
