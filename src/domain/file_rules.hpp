// Which files an assignment takes, and how many (tabula.md 4.3).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace handin::domain {

struct FileRules {
    std::uint32_t minimum = 0;                // files
    std::optional<std::uint32_t> most = {};   // none: any number
    std::vector<std::string> types = {};      // ends of names without the dot; empty: any
    std::optional<std::uint64_t> bytes = {};  // of each file

    bool operator==(const FileRules&) const = default;
};

struct FileFacts {
    std::string_view name;  // sanitised
    std::uint64_t size = 0;
};

struct FileProblem {
    enum class Kind : std::uint8_t {
        missing,         // F1
        too_many,        // F2, F3
        too_few,         // F4
        same_name,       // F5
        type_not_taken,  // F6, F7
        too_big,         // F8, F9
    };
    Kind kind;
    std::vector<std::string> names = {};  // of the files it is about
    std::uint64_t limit = 0;              // number of files, or bytes

    bool operator==(const FileProblem&) const = default;
};

// All that is wrong, in the order of tabula.md 4.3: at most one of F1 to F5, then types, then
// sizes.
std::vector<FileProblem> check_files(const FileRules& rules, std::span<const FileFacts> files);

// Whether a type can be asked for: a small letter, then small letters, digits, `_` and `.`
// (tabula.md 3.9, 5.2 "Assignments").
bool is_file_type(std::string_view type);

// tabula.md 4.3: what operating systems leave in folders, dropped without a word.
bool is_litter(std::string_view name, std::uint64_t size);

}  // namespace handin::domain
