// JSON in the one form that is hashed and signed: RFC 8785 (JCS), which for what receipts hold
// means members by name, no white space, whole numbers, and no more escapes than JSON needs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace handin::receipt {

// Adds a quoted string. What is no UTF-8 is replaced: JSON cannot hold it.
void append_quoted(std::string& out, std::string_view text);

// Writes one object; its members are to be given in the order of their names.
class ObjectWriter {
 public:
    explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }

    void text(std::string_view name, std::string_view value) {
        begin(name);
        append_quoted(out_, value);
    }
    // Without characters that need escaping: ids, times, digits.
    void plain(std::string_view name, std::string_view value) {
        begin(name);
        out_ += '"';
        out_ += value;
        out_ += '"';
    }
    void number(std::string_view name, std::uint64_t value) { json(name, std::to_string(value)); }
    void json(std::string_view name, std::string_view value) {
        begin(name);
        out_ += value;
    }
    // The caller appends the value.
    void begin(std::string_view name) {
        if (!first_) out_ += ',';
        first_ = false;
        out_ += '"';
        out_ += name;
        out_ += "\":";
    }
    void end() { out_ += '}'; }

 private:
    std::string& out_;
    bool first_ = true;
};

// The text without the white space between its tokens; strings stay as they are.
std::string without_white_space(std::string_view json);

}  // namespace handin::receipt
