// The folder engine: a file each at <folder>/<2 hex digits>/<storage id>, synced before it has
// that name, so whatever has a name is whole.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/pool.hpp"
#include "base/process_lock.hpp"
#include "blob/blob.hpp"
#include "blob/local/local_partials.hpp"

namespace handin::blob {

struct LocalOptions {
    // False: never O_TMPFILE, as if the file system had none. Staged files then have names in
    // <folder>/.staging, which is emptied at start.
    bool unnamed_files = true;
    // Other nodes use the folder too, over a network file system: it is not locked, and what is
    // staged under names, by whomever, is left to them.
    bool shared = false;
};

class LocalStore final : public BlobStore {
 public:
    // Blocks: makes the folder, its 256 sub-folders and syncs them. The pool must outlive the store
    // and everything it hands out. Throws std::system_error, or std::runtime_error if another
    // process uses the folder.
    LocalStore(const std::filesystem::path& folder, Pool& sync_pool, LocalOptions options = {});

    // Costs nothing yet: the place is tried at the first bytes that leave memory.
    task<std::unique_ptr<Stage>> stage(Uuid storage_id) override;
    task<std::unique_ptr<Reader>> open(Uuid storage_id, std::uint64_t offset,
                                       std::uint64_t length) override;
    void remove(Uuid storage_id) override;
    PartialFiles* partials() override { return &partials_; }
    void list_older(Time time, const std::function<void(const Uuid&)>& see) override;

 private:
    std::string folder_;
    std::optional<ProcessLock> lock_;  // what is staged by others would be removed at start
    Pool& pool_;
    bool unnamed_;
    local::LocalPartials partials_;
};

}  // namespace handin::blob
