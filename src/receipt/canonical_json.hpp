// A receipt is read in the one form that is hashed and signed (base/json_writer.hpp), whatever
// white space it has got on its way.
#pragma once

#include <string>
#include <string_view>

namespace handin::receipt {

// The text without the white space between its tokens; strings stay as they are.
std::string without_white_space(std::string_view json);

}  // namespace handin::receipt
