// One CSV file of OneRoster: its columns by name, and its rows a chunk at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "service/roster/archive.hpp"
#include "service/roster/report.hpp"

namespace handin::service {

// OneRoster CSV 1.1 and 1.2, 4.1: status is empty in bulk files, and one of two words in delta
// files.
enum class RowStatus : std::uint8_t { active, to_be_deleted };

class RosterRow {
 public:
    RosterRow(const std::vector<std::string>& columns, std::vector<std::string> fields,
              std::size_t line)
        : columns_(&columns), fields_(std::move(fields)), line_(line) {}

    std::size_t line() const { return line_; }
    // Empty if there is no such column.
    const std::string& operator[](std::string_view column) const;

 private:
    const std::vector<std::string>* columns_;
    std::vector<std::string> fields_;
    std::size_t line_;
};

class RosterTable {
 public:
    // `required`: columns that must be there. Null if the archive has no such file, or its header
    // is not right, of which `report` tells. It and `report` outlive the table.
    static std::unique_ptr<RosterTable> open(const RosterArchive& archive, std::string name,
                                             const std::vector<std::string_view>& required,
                                             RosterReport& report);

    // At most `rows` more, or 4 MiB; empty at the end. Those that are malformed are reported and
    // left out.
    std::vector<RosterRow> next(std::size_t rows);
    const std::string& name() const { return name_; }

 private:
    RosterTable(std::string name, std::unique_ptr<RosterArchive::File> file, RosterReport& report);
    // Whether a field is not as it must be, of which the report tells.
    bool report_odd(const std::vector<std::string>& fields);

    std::string name_;
    std::unique_ptr<RosterArchive::File> file_;
    CsvReader reader_;
    RosterReport& report_;
    std::vector<std::string> columns_;
};

}  // namespace handin::service
