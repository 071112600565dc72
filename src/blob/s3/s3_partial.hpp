// One file that grows, in a bucket.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "blob/partial.hpp"
#include "blob/s3/in_flight.hpp"
#include "blob/s3/pieces.hpp"
#include "blob/s3/spool.hpp"
#include "blob/s3/tools.hpp"

namespace handin::blob::s3 {

class S3Partial final : public PartialFile {
 public:
    S3Partial(Tools tools, Uuid storage_id);

    // Before anything else, one of these. The first: from the pieces that have its `length` bytes;
    // what else there is goes.
    task<void> go_on(std::vector<Piece> pieces, std::vector<Piece> chain, std::uint64_t length);
    // From other bytes.
    task<void> start_over(std::unique_ptr<Reader> bytes);

    task<void> append(std::span<const std::uint8_t> bytes) override;
    task<void> sync() override;
    task<void> cut(std::uint64_t length) override;
    task<void> finish() override;

 private:
    struct Etags {
        std::deque<std::string> of;  // stay where they are as more are added
    };
    static task<void> send(Tools tools, std::string key, std::unique_ptr<Spool> spool);
    static task<void> copy(Tools tools, std::string key, std::string upload_id, std::size_t number,
                           std::string from, std::shared_ptr<Etags> etags, std::string* etag);
    task<void> begin_piece();
    task<void> join(std::string key);
    task<void> join_parts(const std::string* key, const std::string* upload_id);
    void forget_replaced();

    std::uint64_t spool_offset() const { return whole_.size() * kPartBytes; }

    Tools tools_;
    Uuid id_;
    Uuid writer_;
    std::vector<Piece> whole_;           // of kPartBytes each, sent or under way
    std::unique_ptr<Spool> spool_;       // what follows them, a part at most
    std::optional<Piece> tail_;          // an object that has the beginning of the spool
    std::vector<std::string> replaced_;  // keys of what goes at the next sync
    InFlight in_flight_;
};

}  // namespace handin::blob::s3
