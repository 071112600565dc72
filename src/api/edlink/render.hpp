// Values as Edlink objects (edlink.md 3).
#pragma once

#include <boost/json/value.hpp>
#include <string>

#include "domain/coursework.hpp"
#include "domain/roster.hpp"
#include "service/coursework.hpp"

namespace handin::edlink {

namespace json = boost::json;

json::value render(const service::Profile& profile);
json::value render(const domain::Class& klass);
json::value render(const domain::Assignment& assignment, Time now);

// base_url and class_id make the download URLs. A list shares one memory, see json_memory().
json::value render(const service::ShownSubmission& submission, const std::string& base_url,
                   const Uuid& class_id, json::storage_ptr memory);

}  // namespace handin::edlink
