// What an import has done, and what is wrong with its files.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace handin::service {

struct RosterCounts {
    std::uint64_t rows = 0;  // without the header
    std::uint64_t added = 0, changed = 0, unchanged = 0, removed = 0, problems = 0;
};

struct RosterProblem {
    std::string file;
    std::size_t line = 0;  // 0: the file as a whole
    std::string field;     // empty: the row as a whole
    std::string message;
};

struct RosterReport {
    static constexpr std::size_t kMostProblems = 1000;  // told; all are counted

    bool dry_run = false;
    std::string version;  // of OneRoster: 1.1 or 1.2
    std::string account;  // id
    std::map<std::string, RosterCounts> files;
    std::vector<RosterProblem> problems;
    std::uint64_t problem_count = 0;
    std::string note;  // what was not done, and why

    RosterCounts& file(const std::string& name) { return files[name]; }
    void problem(const std::string& name, std::size_t line, std::string_view field,
                 std::string message) {
        ++problem_count;
        ++files[name].problems;
        if (problems.size() < kMostProblems)
            problems.push_back({name, line, std::string(field), std::move(message)});
    }
};

}  // namespace handin::service
