// Header values of the form: token; name=value; name="quoted".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace handin::http {

// What is left of white space at both ends.
std::string_view trimmed(std::string_view text);

struct HeaderValue {
    std::string value;  // before the first ';', in lower case
    std::vector<std::pair<std::string, std::string>> parameters;  // names in lower case, unquoted

    const std::string* parameter(std::string_view name) const;  // nullptr: not there
};

// nullopt if it has not that form, or names a parameter twice. As senders do it rather than as RFC
// 9110 5.6.6 has it: an unquoted value goes on to the next ';' or blank, and in quotes a backslash
// escapes only a quote and itself, since old browsers send C:\file unescaped.
std::optional<HeaderValue> parse_header_value(std::string_view text);

}  // namespace handin::http
