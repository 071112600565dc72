#include "domain/file_rules.hpp"

#include <algorithm>

#include "domain/text.hpp"

namespace handin::domain {
namespace {

bool has_type(std::string_view name, std::string_view type) {
    return name.size() > type.size() && name[name.size() - type.size() - 1] == '.' &&
           same_ignoring_case(name.substr(name.size() - type.size()), type);
}

bool taken(const FileRules& rules, std::string_view name) {
    return rules.types.empty() ||
           std::ranges::any_of(rules.types, [&](const auto& type) { return has_type(name, type); });
}

std::vector<std::string> repeated(std::span<const FileFacts> files) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < files.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (same_ignoring_case(files[i].name, files[j].name)) {
                names.emplace_back(files[i].name);
                break;
            }
    return names;
}

template <class Is>
std::vector<std::string> names_of(std::span<const FileFacts> files, Is is) {
    std::vector<std::string> names;
    for (const auto& file : files)
        if (is(file)) names.emplace_back(file.name);
    return names;
}

std::optional<FileProblem> check_number(const FileRules& rules, std::span<const FileFacts> files) {
    using enum FileProblem::Kind;
    if (files.empty()) {
        if (rules.minimum == 0) return std::nullopt;
        return FileProblem{missing};
    }
    if (rules.most && files.size() > *rules.most)
        return FileProblem{.kind = too_many, .limit = *rules.most};
    if (files.size() < rules.minimum) return FileProblem{.kind = too_few, .limit = rules.minimum};
    if (auto names = repeated(files); !names.empty())
        return FileProblem{.kind = same_name, .names = std::move(names)};
    return std::nullopt;
}

}  // namespace

std::vector<FileProblem> check_files(const FileRules& rules, std::span<const FileFacts> files) {
    std::vector<FileProblem> problems;
    if (auto problem = check_number(rules, files)) problems.push_back(std::move(*problem));
    auto wrong = names_of(files, [&](const auto& file) { return !taken(rules, file.name); });
    if (!wrong.empty())
        problems.push_back({.kind = FileProblem::Kind::type_not_taken, .names = std::move(wrong)});
    auto large =
        names_of(files, [&](const auto& file) { return rules.bytes && file.size > *rules.bytes; });
    if (!large.empty())
        problems.push_back(
            {.kind = FileProblem::Kind::too_big, .names = std::move(large), .limit = *rules.bytes});
    return problems;
}

bool is_file_type(std::string_view type) {
    const auto small = [](char c) { return c >= 'a' && c <= 'z'; };
    return !type.empty() && small(type.front()) && std::ranges::all_of(type, [&](char c) {
        return small(c) || (c >= '0' && c <= '9') || c == '_' || c == '.';
    });
}

bool is_litter(std::string_view name, std::uint64_t size) {
    return size == 0 || name == "thumbs.db" || name == "desktop.ini" || name == ".DS_Store" ||
           name.starts_with("._") || name.starts_with("__MACOSX");
}

}  // namespace handin::domain
