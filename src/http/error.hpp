// What reading a body may throw besides std::system_error.
#pragma once

#include <stdexcept>

namespace handin::http {

// The body is longer than its route allows. If a handler lets it pass, the answer is 413.
class BodyTooLarge : public std::runtime_error {
 public:
    BodyTooLarge() : std::runtime_error("request body too large") {}
};

}  // namespace handin::http
