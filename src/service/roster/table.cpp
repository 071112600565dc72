#include "service/roster/table.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace handin::service {
namespace {

const std::string kNothing;

bool is_utf8(const std::string& text) {
    return well_formed_utf8(text) == text;
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

std::vector<RosterRow> RosterTable::next(std::size_t rows) {
    std::vector<RosterRow> chunk;
    std::vector<std::string> fields;
    while (chunk.size() < rows && reader_.next(fields)) {
        ++report_.file(name_).rows;
        if (!reader_.problem().empty()) {
            report_.problem(name_, reader_.line(), "", reader_.problem());
        } else if (fields.size() != columns_.size()) {
            report_.problem(name_, reader_.line(), "",
                            "the row has " + std::to_string(fields.size()) +
                                " fields, the header " + std::to_string(columns_.size()));
        } else if (const auto odd = std::ranges::find_if_not(fields, is_utf8);
                   odd != fields.end()) {
            report_.problem(name_, reader_.line(),
                            columns_[static_cast<std::size_t>(odd - fields.begin())],
                            "is not UTF-8");
        } else {
            chunk.emplace_back(columns_, fields, reader_.line());
        }
    }
    return chunk;
}

}  // namespace handin::service
