// Percent-encoding and query strings.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace handin::http {

// %41 becomes A; what is no valid escape stays as it is, so that no input is refused here.
std::string percent_decode(std::string_view text);

// As in an HTML form: '+' is a space too.
std::string query_decode(std::string_view text);

// The value of the first pair of that decoded name; without '=' the value is empty.
std::optional<std::string> query_value(std::string_view query, std::string_view name);

std::vector<std::pair<std::string, std::string>> query_pairs(std::string_view query);

}  // namespace handin::http
