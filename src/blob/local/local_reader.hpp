// Bytes on their way out of a file of the folder engine.
#pragma once

#include <cstdint>
#include <string>

#include "base/pool.hpp"
#include "blob/blob.hpp"
#include "blob/local/file.hpp"

namespace handin::blob::local {

class LocalReader final : public Reader {
 public:
    // Blocks: opens the file and reads the first piece, so that most files cost one hop.
    LocalReader(Pool& pool, const std::string& path, std::uint64_t offset, std::uint64_t length);
    ~LocalReader() override;
    LocalReader(const LocalReader&) = delete;
    LocalReader& operator=(const LocalReader&) = delete;

    // Throws EIO also when the file has become shorter than it was.
    task<std::string_view> next() override;

 private:
    void fill();  // blocks

    Pool& pool_;
    File file_;
    std::uint64_t offset_;
    std::uint64_t left_ = 0;  // bytes not read yet
    std::string piece_;
    bool fresh_ = true;  // piece_ has not been handed out
};

}  // namespace handin::blob::local
