// Files that grow over many requests, in a bucket: pieces of kPartBytes each, and one of what is
// left (pieces.hpp). In the end S3 joins them by itself; only the last is sent. Any node can go on
// with any file, as long as one does at a time.
#pragma once

#include <vector>

#include "blob/partial.hpp"
#include "blob/s3/tools.hpp"

namespace handin::blob::s3 {

class S3Partials final : public PartialFiles {
 public:
    explicit S3Partials(Tools tools) : tools_(tools) {}

    task<std::unique_ptr<PartialFile>> resume(Uuid storage_id, std::uint64_t length) override;
    task<std::unique_ptr<Reader>> read(Uuid storage_id, std::uint64_t length) override;
    void remove(Uuid storage_id) override;
    std::vector<Uuid> list() override;

 private:
    Tools tools_;
};

}  // namespace handin::blob::s3
