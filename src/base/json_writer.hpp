// Writes JSON straight into a string, for what is written at every submit; answers to clients are
// built with Boost.JSON. No white space and no more escapes than JSON needs: with members given by
// name and whole numbers this is the form of RFC 8785 (JCS), which is hashed and signed.
#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace handin {

// Adds a quoted string. What is no UTF-8 is replaced: JSON cannot hold it.
void append_quoted(std::string& out, std::string_view text);

// Writes one object, its members in the order in which they are given.
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
    void number(std::string_view name, std::integral auto value) {
        char digits[20];
        const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
        json(name, {digits, static_cast<std::size_t>(end - digits)});
    }
    void flag(std::string_view name, bool value) { json(name, value ? "true" : "false"); }
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

}  // namespace handin
