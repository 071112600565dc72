// The folder engine's files that grow over many requests: <folder>/.partial/<storage id>, until
// they are finished and move to where all others are.
#pragma once

#include <functional>
#include <string>

#include "base/pool.hpp"
#include "blob/partial.hpp"

namespace handin::blob::local {

class LocalPartials final : public PartialFiles {
 public:
    // `folder` is there and durable. `shard_of`: the folder of a finished file of that id.
    LocalPartials(std::string folder, std::function<std::string(const Uuid&)> shard_of, Pool& pool)
        : folder_(std::move(folder)), shard_of_(std::move(shard_of)), pool_(pool) {}

    task<std::unique_ptr<PartialFile>> resume(Uuid storage_id, std::uint64_t length) override;
    task<std::unique_ptr<Reader>> read(Uuid storage_id, std::uint64_t length) override;
    void remove(Uuid storage_id) override;
    std::vector<Uuid> list() override;

 private:
    std::string path_of(const Uuid& id) const { return folder_ + '/' + id.str(); }

    std::string folder_;
    std::function<std::string(const Uuid&)> shard_of_;
    Pool& pool_;
};

}  // namespace handin::blob::local
