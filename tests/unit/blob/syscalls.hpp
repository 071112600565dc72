// The program's own fdatasync, linkat and fsync stand before those of the C library: they keep a
// record of the order and fail on demand.
#pragma once

#include <string>
#include <vector>

namespace handin::test {

// Empties the record; from now on `call` ("fdatasync", ...) fails with `error`. 0: nothing fails.
void watch_syscalls(const std::string& call = {}, int error = 0);
// The calls since then.
std::vector<std::string> seen_syscalls();

}  // namespace handin::test
