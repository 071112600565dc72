// Bytes on their way into a bucket: one PUT for up to a part, a multipart upload beyond.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include "blob/blob.hpp"
#include "blob/s3/in_flight.hpp"
#include "blob/s3/spool.hpp"
#include "blob/s3/tools.hpp"

namespace handin::blob::s3 {

class S3Stage final : public Stage {
 public:
    S3Stage(Tools tools, std::string key)
        : tools_(tools), key_(std::move(key)), in_flight_(tools.background, kPartsAtOnce) {}
    ~S3Stage() override;  // what has been sent goes in the background
    S3Stage(const S3Stage&) = delete;
    S3Stage& operator=(const S3Stage&) = delete;

    task<void> write(std::span<const std::uint8_t> bytes) override;
    task<void> finish() override;

 private:
    struct Parts {
        std::string upload_id;
        std::deque<std::string> etags;  // stay where they are as more are added
    };
    static task<void> send(Tools tools, std::shared_ptr<Parts> parts, std::string key,
                           std::size_t number, std::string* etag, std::unique_ptr<Spool> spool);
    static task<void> drop(Tools tools, std::shared_ptr<Parts> parts, std::string key);
    task<void> begin_part();

    Tools tools_;
    std::string key_;
    std::unique_ptr<Spool> spool_;  // not sent yet: a part at most
    std::uint64_t size_ = 0;
    std::shared_ptr<Parts> parts_;  // null: all is in the spool
    InFlight in_flight_;
    bool spent_ = false;     // finished, or an earlier call failed
    bool in_doubt_ = false;  // the object may be there, or come
};

}  // namespace handin::blob::s3
