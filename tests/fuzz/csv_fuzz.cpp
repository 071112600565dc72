// CSV: whatever comes, in pieces of any size, a record is within its bounds and what was read in
// pieces is what would have been read at once.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/csv.hpp"

namespace {

using Records = std::vector<std::vector<std::string>>;

Records parse(std::string_view text, std::size_t piece) {
    handin::CsvReader reader([&] {
        const auto next = text.substr(0, piece);
        text.remove_prefix(next.size());
        return next;
    });
    Records records;
    std::vector<std::string> fields;
    std::size_t line = 0;
    while (reader.next(fields)) {
        if (fields.empty() || fields.size() > handin::CsvReader::kMostFields) std::abort();
        std::size_t bytes = 0;
        for (const auto& field : fields)
            bytes += field.size();
        if (bytes > handin::CsvReader::kLongestRecord || reader.line() <= line) std::abort();
        line = reader.line();
        records.push_back(fields);
    }
    return records;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
    if (parse(text, data[0] % 16U + 1) != parse(text, size)) std::abort();
    return 0;
}
