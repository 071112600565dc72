// Records of comma-separated values (RFC 4180), as they arrive: a bounded memory, and the line of
// each record, which libraries that Debian has do not tell.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace handin {

class CsvReader {
 public:
    // Gives the next bytes; empty at the end. What it gives is read before it is called again.
    using Source = std::function<std::string_view()>;

    static constexpr std::size_t kLongestRecord = 256 * 1024;  // bytes; of fields that are names
    static constexpr std::size_t kMostFields = 512;

    explicit CsvReader(Source source) : source_(std::move(source)) {}

    // The next record's fields; false: there is none. Lines end with LF or CRLF; empty ones and a
    // byte order mark are passed over. What is malformed is a problem of that record alone, unless
    // there is a quote that never ends.
    bool next(std::vector<std::string>& fields);

    // Of the last record: the number of its first line, from 1, and what is wrong with it; empty:
    // nothing.
    std::size_t line() const { return line_; }
    const std::string& problem() const { return problem_; }

 private:
    int peek();  // a byte, or -1: the end
    int take();
    void add(std::vector<std::string>& fields, char c);
    void read_quoted(std::vector<std::string>& fields);

    Source source_;
    std::string_view piece_;
    bool ended_ = false;
    bool begun_ = false;
    std::size_t lines_ = 1;
    std::size_t line_ = 0;
    std::size_t bytes_ = 0;  // of this record
    std::string problem_;
};

}  // namespace handin
