// The folder engine: a file each at <folder>/<2 hex digits>/<storage id>, synced before it has
// that name, so whatever has a name is whole.
#pragma once

#include <filesystem>
#include <string>

#include "base/pool.hpp"
#include "blob/blob.hpp"
#include "blob/local/local_partials.hpp"

namespace handin::blob {

struct LocalOptions {
    // False: never O_TMPFILE, as if the file system had none. Staged files then have names in
    // <folder>/.staging, which is emptied at start.
    bool unnamed_files = true;
};

class LocalStore final : public BlobStore {
 public:
    // Blocks: makes the folder, its 256 sub-folders and syncs them. One process a folder. The pool
    // must outlive the store and everything it hands out. Throws std::system_error.
    LocalStore(const std::filesystem::path& folder, Pool& sync_pool, LocalOptions options = {});

    // Costs nothing yet: the place is tried at the first bytes that leave memory.
    task<std::unique_ptr<Stage>> stage(Uuid storage_id) override;
    task<std::unique_ptr<Reader>> open(Uuid storage_id, std::uint64_t offset,
                                       std::uint64_t length) override;
    void remove(Uuid storage_id) override;
    PartialFiles* partials() override { return &partials_; }

 private:
    std::string shard_of(const Uuid& id) const;

    std::string folder_;
    Pool& pool_;
    bool unnamed_;
    local::LocalPartials partials_;
};

}  // namespace handin::blob
