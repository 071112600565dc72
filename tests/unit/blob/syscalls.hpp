// The program's own fdatasync, fsync, linkat, sync_file_range and posix_fadvise stand before those
// of the C library: they keep a record of the order and fail on demand. The last two are noted by
// what they are asked for: "start", "await", "drop".
#pragma once

#include <string>
#include <vector>

namespace handin::test {

// Empties the record; from now on `call` ("fdatasync", ...) fails with `error`. 0: nothing fails.
void watch_syscalls(const std::string& call = {}, int error = 0);
// The calls since then.
std::vector<std::string> seen_syscalls();

}  // namespace handin::test
