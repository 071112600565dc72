// What an assignment says in Tabula's words, and the rules on it (tabula.md 3.9, 4.8).
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/tabula/reply.hpp"
#include "domain/assignment_command.hpp"
#include "domain/coursework.hpp"

namespace handin::tabula {

// Marks are percentages (tabula.md 3.10).
inline constexpr double kPointsOfMarks = 100;

// Truth values that no rule here asks about: kept, and shown as they were set.
using Flags = std::map<std::string, bool>;
const Flags& usual_flags();

struct Settings {
    std::string name = {};
    std::optional<int> academic_year = {};  // in which it begins
    std::optional<std::chrono::local_days> open = {};
    std::optional<std::chrono::local_days> close = {};
    std::chrono::seconds close_time = std::chrono::hours(12);
    bool open_ended = false;
    bool collects = true;
    bool late_allowed = true;
    bool again_allowed = true;
    bool hidden = false;
    bool collects_marks = true;
    bool by_aep = false;  // an exam: no rules on days and hours
    bool only_ids = false;
    std::int64_t file_limit = 1;
    bool unlimited = false;
    std::vector<std::string> file_types = {};
    std::optional<std::int64_t> file_mebibytes = {};
    std::optional<std::int64_t> least_words = {};
    std::optional<std::int64_t> most_words = {};
    std::string word_conventions = {};
    Flags flags = usual_flags();
    bool has_sits_links = false;
    std::optional<std::vector<std::string>> include = {};  // usercodes or university ids
    std::optional<std::vector<std::string>> exclude = {};
};

// As an assignment is now.
Settings settings_of(const domain::Assignment& assignment, const std::string& zone);

// Dates that were not given, of a new one.
void fill_dates(Settings& settings, Time now, const std::string& zone);

// All that is wrong, in Tabula's order. `before`: what it was, of one that is changed: then dates
// are looked at only if they are new. `taken`: another live one of that module and year has the
// name.
std::vector<Fault> faults_of(const Settings& settings, const Settings* before, bool taken);

// Whom it is for is left out.
domain::AssignmentFields fields_of(const Settings& settings, const std::string& zone);

}  // namespace handin::tabula
