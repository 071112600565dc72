#include "service/roster/table.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"

namespace handin::service {
namespace {

const std::string kNothing;

// What is read of any of the files, and kept; names and ids, which OneRoster bounds to 255
// characters.
constexpr std::size_t kLongestField = 1000;  // bytes
constexpr std::array<std::string_view, 19> kRead{
    "sourcedId",    "status",          "name",
    "type",         "identifier",      "title",
    "classCode",    "courseCode",      "courseSourcedId",
    "orgSourcedId", "schoolSourcedId", "username",
    "userIds",      "givenName",       "familyName",
    "email",        "classSourcedId",  "userSourcedId",
    "role"};
// Of a chunk, however long the rest of its rows is.
constexpr std::size_t kChunkBytes = 4 * 1024 * 1024;

std::string_view problem_of(const std::string& column, const std::string& field) {
    if (well_formed_utf8(field) != field) return "is not UTF-8";
    if (field.size() > kLongestField && std::ranges::find(kRead, column) != kRead.end())
        return "is longer than 1000 bytes";
    return "";
}

}  // namespace

const std::string& RosterRow::operator[](std::string_view column) const {
    const auto found = std::ranges::find(*columns_, column);
    return found == columns_->end() ? kNothing
                                    : fields_[static_cast<std::size_t>(found - columns_->begin())];
}

RosterTable::RosterTable(std::string name, std::unique_ptr<RosterArchive::File> file,
                         RosterReport& report)
    : name_(std::move(name)),
      file_(std::move(file)),
      reader_([this] { return file_->read(); }),
      report_(report) {}

std::unique_ptr<RosterTable> RosterTable::open(const RosterArchive& archive, std::string name,
                                               const std::vector<std::string_view>& required,
                                               RosterReport& report) {
    auto file = archive.open(name);
    if (!file) return nullptr;
    std::unique_ptr<RosterTable> table(new RosterTable(std::move(name), std::move(file), report));
    if (!table->reader_.next(table->columns_)) {
        report.problem(table->name_, 1, "", "the file is empty: it must have a header");
        return nullptr;
    }
    bool complete = true;
    for (const auto column : required)
        if (std::ranges::find(table->columns_, column) == table->columns_.end()) {
            report.problem(table->name_, 1, column, "the header has no such column");
            complete = false;
        }
    return complete ? std::move(table) : nullptr;
}

bool RosterTable::report_odd(const std::vector<std::string>& fields) {
    for (std::size_t i = 0; i < fields.size(); ++i)
        if (const auto problem = problem_of(columns_[i], fields[i]); !problem.empty()) {
            report_.problem(name_, reader_.line(), columns_[i], std::string(problem));
            return true;
        }
    return false;
}

std::vector<RosterRow> RosterTable::next(std::size_t rows) {
    std::vector<RosterRow> chunk;
    std::vector<std::string> fields;
    std::size_t bytes = 0;
    while (chunk.size() < rows && bytes < kChunkBytes && reader_.next(fields)) {
        ++report_.file(name_).rows;
        if (!reader_.problem().empty()) {
            report_.problem(name_, reader_.line(), "", reader_.problem());
        } else if (fields.size() != columns_.size()) {
            report_.problem(name_, reader_.line(), "",
                            "the row has " + std::to_string(fields.size()) +
                                " fields, the header " + std::to_string(columns_.size()));
        } else if (!report_odd(fields)) {
            for (const auto& field : fields)
                bytes += sizeof field + field.size();
            chunk.emplace_back(columns_, fields, reader_.line());
        }
    }
    return chunk;
}

}  // namespace handin::service
