// Failures of a place that go by themselves.
#pragma once

#include <system_error>

namespace handin::blob {

// Whether the same may go well a little later: nobody answers, a connection broke, a server is
// busy. What a disk says is not of this kind.
bool is_passing(const std::system_error& error);

}  // namespace handin::blob
