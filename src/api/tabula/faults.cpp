#include "api/tabula/faults.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>

namespace handin::tabula {
namespace {

using domain::Reason;
using domain::Refusal;

// What of the form it is about (tabula.md 4.1), in the order in which faults are told.
enum class Field : std::uint8_t { global, file, virus, words, disability };

struct Row {
    Reason reason;
    int rank;  // R1, R2, … of tabula.md 4.2
    Field field;
    std::string_view code;
    std::string_view code_of_one = {};  // of one file, or where one is the limit
};

constexpr std::array kTable{
    Row{Reason::upload_attached, 1, Field::global, "binding.reSubmission"},
    Row{Reason::not_open_yet, 2, Field::global, "assignment.submit.notopen"},
    Row{Reason::submissions_disabled, 3, Field::global, "assignment.submit.disabled"},
    Row{Reason::kind_not_accepted, 3, Field::global, "assignment.submit.disabled"},
    Row{Reason::closed, 4, Field::global, "assignment.submit.closed"},
    Row{Reason::locked, 4, Field::global, "assignment.submit.closed"},
    Row{Reason::already_submitted, 5, Field::global, "assignment.submit.already"},
    Row{Reason::attempts_used_up, 5, Field::global, "assignment.submit.already"},
    Row{Reason::late_again, 6, Field::global, "assignment.resubmit.closed"},
    Row{Reason::nothing_attached, 7, Field::file, "file.missing"},
    // tabula.md 6, conflict 7: an id of nothing that can be handed in.
    Row{Reason::upload_not_found, 7, Field::file, "file.missing"},
    Row{Reason::upload_expired, 7, Field::file, "file.missing"},
    Row{Reason::upload_unfinished, 7, Field::file, "file.missing"},
    Row{Reason::upload_kind, 7, Field::file, "file.missing"},
    Row{Reason::title_missing, 7, Field::file, "file.missing"},
    Row{Reason::files_too_many, 8, Field::file, "file.toomany", "file.toomany.one"},
    Row{Reason::files_too_few, 8, Field::file, "file.minimum"},
    Row{Reason::file_name_twice, 8, Field::file, "file.duplicate"},
    Row{Reason::file_type_not_taken, 9, Field::file, "file.wrongtype", "file.wrongtype.one"},
    Row{Reason::file_too_big, 10, Field::file, "file.toobig", "file.toobig.one"},
    Row{Reason::infected_file, 11, Field::virus, "file.virus"},
    Row{Reason::unscannable_file, 11, Field::virus, "file.virus"},
    Row{Reason::word_count_missing, 12, Field::words, "assignment.submit.wordCount.missing"},
    Row{Reason::word_count_out_of_range, 12, Field::words,
        "assignment.submit.wordCount.outOfRange"},
    Row{Reason::disability_not_chosen, 13, Field::disability, "assignment.submit.chooseDisability"},
};

// Every assignment has the same two fields; their ids are made from its own.
std::string field_of(const Uuid& assignment_id, std::string_view name) {
    return "fields[" + uuid_v5(assignment_id, name).str() + "]";
}

// "attachments[3]" is the fourth file.
std::string index_in(std::string_view field) {
    const auto begin = field.find('[');
    const auto end = field.find(']');
    if (begin == std::string_view::npos || end == std::string_view::npos) return "[0]";
    return std::string(field.substr(begin, end + 1 - begin));
}

std::string field_text(Field field, const Uuid& assignment_id, const Refusal& refusal) {
    switch (field) {
        case Field::file:
            return field_of(assignment_id, "upload") + ".file";
        case Field::virus:
            return field_of(assignment_id, "upload") + ".file.upload" + index_in(refusal.field);
        case Field::words:
            return field_of(assignment_id, "wordcount") + ".value";
        case Field::disability:
            return "useDisability";
        case Field::global:
            break;
    }
    return "";
}

bool is_about_one(const Refusal& refusal) {
    return refusal.reason == Reason::files_too_many ? refusal.limit == 1
                                                    : refusal.names.size() == 1;
}

}  // namespace

std::vector<Fault> faults_of(const domain::Refusals& refusals, const Uuid& assignment_id) {
    std::multimap<int, std::pair<const Row*, const Refusal*>> found;  // by rank
    for (const auto& refusal : refusals) {
        // The same id twice counts as two files (tabula.md 4.3): the rules on files have told it.
        const auto* row = std::ranges::find(kTable, refusal.reason, &Row::reason);
        if (row != kTable.end()) found.emplace(row->rank, std::pair(&*row, &refusal));
    }
    std::vector<Fault> faults;
    for (const auto& [rank, each] : found) {
        const auto& [row, refusal] = each;
        const bool one = !row->code_of_one.empty() && is_about_one(*refusal);
        Fault fault{.code = std::string(one ? row->code_of_one : row->code),
                    .message = refusal->detail,
                    .field = field_text(row->field, assignment_id, *refusal)};
        // Several attachments that were used before, or kinds that are not taken, are one fault.
        const auto same = [&](const Fault& other) {
            return other.code == fault.code && other.field == fault.field;
        };
        if (std::ranges::none_of(faults, same)) faults.push_back(std::move(fault));
    }
    return faults;
}

}  // namespace handin::tabula
