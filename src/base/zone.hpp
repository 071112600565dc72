// Times as a school's clocks on the wall show them.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace handin {

// Whether the machine's database of time zones has it.
bool is_zone(std::string_view name);

// 2014-05-06T10:32:43+01:00, and with Z where there is no offset. An unknown zone is UTC. May block
// on the disk once a process: zones are kept.
std::string iso_in_zone(Time time, std::string_view zone);

// What a clock there showed, and when it showed that; of two such moments the first, and of none
// (clocks go forward) the moment of the change.
std::chrono::local_seconds local_in_zone(Time time, std::string_view zone);
Time from_local(std::chrono::local_seconds local, std::string_view zone);

}  // namespace handin
