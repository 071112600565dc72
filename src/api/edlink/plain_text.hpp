// Text without markup.
#pragma once

#include <string>
#include <string_view>

namespace handin::edlink {

// What a reader sees of HTML, roughly: without tags, with the usual entities as characters, and
// with white space as one space. For people to read, not to be shown as HTML again.
std::string plain_text(std::string_view html);

}  // namespace handin::edlink
