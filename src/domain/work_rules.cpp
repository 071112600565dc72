#include "domain/work_rules.hpp"

#include <string>
#include <vector>

#include "domain/declarations.hpp"
#include "domain/file_name.hpp"
#include "domain/file_rules.hpp"
#include "domain/word_count.hpp"

namespace handin::domain {
namespace {

struct Files {
    std::vector<std::string> names;
    std::vector<FileFacts> facts;  // views of the names
};

Files files_of(const State& state, const Submit& command) {
    Files files;
    std::vector<std::uint64_t> sizes;
    for (const auto& item : command.attachments) {
        if (item.attachment.kind != AttachmentKind::file) continue;
        const Upload* upload = nullptr;
        if (item.upload_id)
            if (const auto& row = state.uploads.at(*item.upload_id)) upload = &*row;
        const auto& title = item.attachment.title;
        files.names.push_back(sanitised_name(title.empty() && upload ? upload->filename : title));
        sizes.push_back(upload ? upload->received : item.attachment.bytes.size);
    }
    for (std::size_t i = 0; i < sizes.size(); ++i)
        files.facts.push_back({files.names[i], sizes[i]});
    return files;
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : names)
        text.append(text.empty() ? "" : ", ").append(name);
    return text;
}

Refusal refusal_of(FileProblem problem, const FileRules& rules) {
    using enum FileProblem::Kind;
    const auto limit = std::to_string(problem.limit);
    const auto names = joined(problem.names);
    Refusal refusal{Reason::nothing_attached, "attachments", "At least one file is wanted."};
    switch (problem.kind) {
        case missing:
            break;
        case too_many:
            refusal.reason = Reason::files_too_many;
            refusal.detail = "At most " + limit + " files are taken.";
            break;
        case too_few:
            refusal.reason = Reason::files_too_few;
            refusal.detail = "At least " + limit + " files are wanted.";
            break;
        case same_name:
            refusal.reason = Reason::file_name_twice;
            refusal.detail = "More than one file has the name " + names + ".";
            break;
        case type_not_taken:
            refusal.reason = Reason::file_type_not_taken;
            refusal.detail =
                names + ": only files of these types are taken: ." + joined(rules.types) + ".";
            break;
        case too_big:
            refusal.reason = Reason::file_too_big;
            refusal.detail = names + ": a file has at most " + limit + " bytes.";
            break;
    }
    refusal.names = std::move(problem.names);
    refusal.limit = problem.limit;
    return refusal;
}

void add_file_refusals(const State& state, const FileRules& rules, const Submit& command,
                       Refusals& refusals) {
    const bool distinct = command.policy.distinct_names;
    if (rules == FileRules{} && !distinct) return;
    const auto files = files_of(state, command);
    for (auto& problem : check_files(rules, files.facts))
        if (problem.kind != FileProblem::Kind::same_name || distinct)
            refusals.push_back(refusal_of(std::move(problem), rules));
}

void add_word_refusal(const WordCountRule& rule, std::optional<std::int64_t> words,
                      Refusals& refusals) {
    switch (check_word_count(rule, words)) {
        case WordCountProblem::missing:
            refusals.push_back(
                {Reason::word_count_missing, "word_count", "The number of words is wanted."});
            break;
        case WordCountProblem::out_of_range:
            refusals.push_back(
                {Reason::word_count_out_of_range, "word_count",
                 "The number of words must be from " + std::to_string(rule.minimum.value_or(0)) +
                     (rule.maximum ? " to " + std::to_string(*rule.maximum) : " on") + "."});
            break;
        case WordCountProblem::none:
            break;
    }
}

}  // namespace

Refusals check_work(const State& state, const Assignment& assignment, const Person& person,
                    const Submit& command) {
    Refusals refusals;
    if (!command.attachments.empty())
        add_file_refusals(state, assignment.rules.files, command, refusals);
    if (const auto& declared = command.policy.declared) {
        add_word_refusal(assignment.rules.word_count, declared->word_count, refusals);
        if (must_choose_disability(person.disability, *declared))
            refusals.push_back({Reason::disability_not_chosen, "use_disability",
                                "Say whether markers are to be told of the disability."});
    }
    return refusals;
}

AttemptNote note_of(const Submit& command, const Assignment& assignment, const Person& person,
                    std::uint32_t attempt) {
    AttemptNote note{.attempt = attempt};
    if (const auto& declared = command.policy.declared)
        note.declared = kept(*declared, person.disability, assignment.rules.word_count.asked());
    if (command.on_behalf) note.deadline = command.on_behalf->deadline;
    return note;
}

}  // namespace handin::domain
