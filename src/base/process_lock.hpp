// One process at a time: a lock that ends with its holder, however that ends.
#pragma once

#include <filesystem>
#include <string_view>

namespace handin {

class ProcessLock {
 public:
    // Of a folder, or of a file, which is made if it is missing. `what` is how the refusal calls
    // it: throws std::runtime_error "another handin process uses <what> (<path> is locked)".
    ProcessLock(const std::filesystem::path& path, std::string_view what);
    ~ProcessLock();
    ProcessLock(const ProcessLock&) = delete;
    ProcessLock& operator=(const ProcessLock&) = delete;

 private:
    int descriptor_;
};

}  // namespace handin
