// One file on its way in, whatever its size: hashed as it passes, kept in memory while it is small
// enough for a row (DESIGN 5.5), staged in the BlobStore from there on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/hash.hpp"
#include "base/task.hpp"
#include "base/uuid.hpp"
#include "blob/blob.hpp"

namespace handin::blob {

// Files up to this size are rows of the transaction that names them: a sync each would cost more
// than the bytes do (docs/decisions).
inline constexpr std::size_t kRowBytes = 8 * 1024;

// What the transaction must know of a finished upload.
struct Stored {
    Uuid storage_id;
    std::uint64_t size = 0;  // bytes
    Digest256 sha256{};
    Digest160 sha1{};
    bool in_row = true;     // the bytes are to be committed as a row
    std::string row_bytes;  // those bytes
};

class Upload {
 public:
    Upload(BlobStore& store, Uuid storage_id);
    ~Upload();  // removes what was staged unless keep() was called
    Upload(Upload&&) noexcept;
    Upload& operator=(Upload&&) noexcept;

    // After a throw (std::system_error: the place is full or broken) only destroy it.
    task<void> write(std::string_view bytes);
    // Durable when this returns, unless in_row. Call it once, and nothing but keep() afterwards.
    task<Stored> finish();
    // The transaction that names the bytes has committed, or may have: they stay.
    void keep();

 private:
    task<void> stage(std::string_view bytes);
    void discard() noexcept;

    BlobStore* store_;
    Uuid id_;
    std::uint64_t size_ = 0;
    std::string small_;               // everything, until it outgrows a row
    std::unique_ptr<FileHash> hash_;  // from there on; the stage may know it
    std::unique_ptr<Stage> stage_;    // until finished
    bool stage_hashes_ = false;
    bool removable_ = false;  // finished in the store, and nobody else knows of it
};

}  // namespace handin::blob
