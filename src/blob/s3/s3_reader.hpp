// Bytes on their way out of a bucket. A connection that breaks is taken up again where it broke.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "blob/blob.hpp"
#include "blob/s3/bucket.hpp"

namespace handin::blob::s3 {

class S3Reader final : public Reader {
 public:
    // Has asked for the first bytes when it returns. The bucket outlives the reader.
    static task<std::unique_ptr<Reader>> open(Bucket* bucket, std::string key, std::uint64_t offset,
                                              std::uint64_t length);

    task<std::string_view> next() override;

    S3Reader(Bucket& bucket, std::string key, std::uint64_t offset)
        : bucket_(bucket), key_(std::move(key)), offset_(offset) {}

 private:
    task<void> go_on(std::uint64_t length);

    Bucket& bucket_;
    std::string key_;
    std::uint64_t offset_;  // of the next byte
    std::uint64_t left_ = 0;
    std::string etag_;
    std::unique_ptr<http::Exchange> exchange_;
    std::string_view piece_;  // the exchange's
    bool fresh_ = false;      // it has not been handed out
};

}  // namespace handin::blob::s3
