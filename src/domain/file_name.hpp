// The name under which Tabula keeps and shows a file.
#pragma once

#include <string>
#include <string_view>

namespace handin::domain {

// tabula.md 4.6. Never empty, always with an ending; only ASCII letters, digits, space and _-!',.
std::string sanitised_name(std::string_view name);

}  // namespace handin::domain
