// The demo school as data: the same people, classes and assignments every time, with new secrets.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>

#include "base/time.hpp"
#include "domain/changes.hpp"

namespace handin::app {

struct DemoSize {
    std::uint32_t students = 30;
    std::uint32_t classes = 3;
};

struct DemoSchool {
    domain::Changes rows;
    boost::json::object summary;  // demo.json (DESIGN 7)
};

DemoSchool make_demo_school(const DemoSize& size, const std::string& base_url, Time now);

}  // namespace handin::app
