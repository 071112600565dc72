#include "base/csv.hpp"

namespace handin {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

}  // namespace

int CsvReader::peek() {
    while (piece_.empty() && !ended_) {
        piece_ = source_();
        if (piece_.empty()) ended_ = true;
    }
    return piece_.empty() ? -1 : static_cast<unsigned char>(piece_.front());
}

int CsvReader::take() {
    const int c = peek();
    if (c < 0) return c;
    piece_.remove_prefix(1);
    if (c == '\n') ++lines_;
    return c;
}

void CsvReader::add(std::vector<std::string>& fields, char c) {
    if (++bytes_ <= kLongestRecord)
        fields.back() += c;
    else if (problem_.empty())
        problem_ = "the record is too long";
}

// After the opening quote, up to and with the closing one.
void CsvReader::read_quoted(std::vector<std::string>& fields) {
    for (;;) {
        const int c = take();
        if (c < 0) {
            problem_ = "a quote is never closed";
            return;
        }
        if (c != '"') {
            add(fields, static_cast<char>(c));
            continue;
        }
        if (peek() != '"') return;
        take();
        add(fields, '"');
    }
}

bool CsvReader::next(std::vector<std::string>& fields) {
    fields.clear();
    problem_.clear();
    bytes_ = 0;
    if (!begun_) {
        begun_ = true;
        for (const char c : kByteOrderMark)
            if (peek() == static_cast<unsigned char>(c)) take();
    }
    while (peek() == '\r' || peek() == '\n')
        take();
    if (peek() < 0) return false;
    line_ = lines_;
    fields.emplace_back();
    bool quoted = false;  // this field was
    for (;;) {
        const int c = take();
        if (c == '\r' && peek() == '\n') continue;
        if (c < 0 || c == '\n') return true;
        if (c == ',') {
            quoted = false;
            if (fields.size() < kMostFields)
                fields.emplace_back();
            else
                problem_ = "the record has too many fields";
        } else if (c == '"' && fields.back().empty() && !quoted) {
            quoted = true;
            read_quoted(fields);
        } else {
            if (quoted || c == '"') problem_ = "a quote inside a field is not doubled";
            add(fields, static_cast<char>(c));
        }
    }
}

}  // namespace handin
