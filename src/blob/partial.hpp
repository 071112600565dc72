// Files that grow over many requests, and over restarts of the server: an ability that an engine of
// the BlobStore may have (BlobStore::partials).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/task.hpp"
#include "base/uuid.hpp"

namespace handin::blob {

class Reader;

// One such file, open. Destroying it leaves it as it is. All throw std::system_error; after that
// only destroy it.
class PartialFile {
 public:
    virtual ~PartialFile() = default;
    virtual task<void> append(std::span<const std::uint8_t> bytes) = 0;
    // Everything appended is durable when this returns.
    virtual task<void> sync() = 0;
    // Forgets what comes after `length`, which is not more than there is.
    virtual task<void> cut(std::uint64_t length) = 0;
    // Makes it durable and moves it to where BlobStore::open finds it. Call nothing afterwards.
    virtual task<void> finish() = 0;
};

class PartialFiles {
 public:
    virtual ~PartialFiles() = default;
    // Opens the file to go on at `length`, all of which was synced; what is behind that was not,
    // and goes. Makes the file if `length` is 0. One at a time for each file. A finish() that
    // nobody remembers is undone.
    virtual task<std::unique_ptr<PartialFile>> resume(Uuid storage_id, std::uint64_t length) = 0;
    // Its first `length` bytes.
    virtual task<std::unique_ptr<Reader>> read(Uuid storage_id, std::uint64_t length) = 0;
    // Forgets it, soon; does nothing if there is none.
    virtual void remove(Uuid storage_id) = 0;
    // All that are not finished. Blocks.
    virtual std::vector<Uuid> list() = 0;
};

}  // namespace handin::blob
