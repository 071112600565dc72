// Where file bytes live. Bytes are durable strictly before the row that names them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/hash.hpp"
#include "base/task.hpp"
#include "base/time.hpp"
#include "base/uuid.hpp"
#include "blob/partial.hpp"

namespace handin::blob {

// What a Stage keeps in memory at most, in bytes: its last piece.
inline constexpr std::size_t kStageBytes = std::size_t{256} * 1024;

// Bytes on their way in. Destroying it before finish() leaves nothing behind.
class Stage {
 public:
    virtual ~Stage() = default;
    // Appends. Throws std::system_error when the place is full or broken; after that, and after
    // finish(), every call throws.
    virtual task<void> write(std::span<const std::uint8_t> bytes) = 0;
    // True: the stage updates `hash`, which outlives it, with what is written from now on, all of
    // it by the end of finish(); so an engine that has threads of its own for the bytes can take
    // the greatest cost of a large file off those of the network. Called before the first write.
    virtual bool hash_into(FileHash& /*hash*/) { return false; }
    // Makes the bytes durable and findable under the id given to BlobStore::stage; if it throws,
    // they are not to be found, or at worst bytes that no row names.
    virtual task<void> finish() = 0;
};

// Bytes on their way out.
class Reader {
 public:
    virtual ~Reader() = default;
    // The next piece, valid until the next call; empty at the end.
    virtual task<std::string_view> next() = 0;
};

// The port: a folder (local/) or a bucket (s3/). Only bytes too large for a row come here.
class BlobStore {
 public:
    virtual ~BlobStore() = default;
    virtual task<std::unique_ptr<Stage>> stage(Uuid storage_id) = 0;
    // From `offset` on, `length` bytes at most. Throws std::system_error (ENOENT) if there are none
    // of that name.
    virtual task<std::unique_ptr<Reader>> open(Uuid storage_id, std::uint64_t offset,
                                               std::uint64_t length) = 0;
    // Forgets the bytes, soon; does nothing if there are none.
    virtual void remove(Uuid storage_id) = 0;
    // Files that grow over many requests; nullptr: this engine has none. They share the names.
    virtual PartialFiles* partials() { return nullptr; }
    // Calls `see` with the id of all bytes that were made before `time`, by their id and by the
    // place's own clock, in no order. Blocks, and takes long.
    virtual void list_older(Time time, const std::function<void(const Uuid&)>& see) = 0;
};

}  // namespace handin::blob
