#include "blob/s3/s3_partial.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include "base/encoding.hpp"
#include "base/log.hpp"
#include "blob/s3/s3_reader.hpp"

namespace handin::blob::s3 {

S3Partial::S3Partial(Tools tools, Uuid storage_id)
    : tools_(tools),
      id_(storage_id),
      writer_(uuid_v7(tools.clock.now())),
      in_flight_(tools.background, kPartsAtOnce) {}

task<void> S3Partial::go_on(std::vector<Piece> pieces, std::vector<Piece> chain,
                            std::uint64_t length) {
    for (const auto& piece : pieces)
        if (std::ranges::find(chain, piece.key, &Piece::key) == chain.end())
            forget(tools_, piece.key);
    if (length % kPartBytes != 0) {
        const auto last = chain.back();
        const auto rest = length - last.offset;
        const auto reader = co_await S3Reader::open(&tools_.bucket, last.key, 0, rest);
        chain.pop_back();
        whole_ = std::move(chain);
        spool_ = std::make_unique<Spool>(tools_.pool, tools_.spool_folder);
        for (auto bytes = co_await reader->next(); !bytes.empty(); bytes = co_await reader->next())
            co_await spool_->append(as_bytes(bytes));
        if (last.size == rest)
            tail_ = last;
        else
            replaced_.push_back(last.key);
    } else {
        whole_ = std::move(chain);
    }
}

task<void> S3Partial::start_over(std::unique_ptr<Reader> bytes) {
    for (auto piece = co_await bytes->next(); !piece.empty(); piece = co_await bytes->next())
        co_await append(as_bytes(piece));
}

task<void> S3Partial::send(Tools tools, std::string key, std::unique_ptr<Spool> spool) {
    co_await tools.bucket.put(std::move(key), spool.get());
}

// The spool is full: it goes, and an empty one takes its place.
task<void> S3Partial::begin_piece() {
    if (tail_ && tail_->size == kPartBytes) {
        whole_.push_back(*std::exchange(tail_, std::nullopt));
        spool_.reset();
        co_return;
    }
    if (tail_) replaced_.push_back(std::exchange(tail_, std::nullopt)->key);
    auto piece = piece_of(id_, spool_offset(), kPartBytes, writer_);
    auto key = piece.key;
    whole_.push_back(std::move(piece));
    co_await in_flight_.start(send(tools_, std::move(key), std::move(spool_)));
}

task<void> S3Partial::append(std::span<const std::uint8_t> bytes) {
    while (!bytes.empty()) {
        if (spool_ && spool_->size() == kPartBytes) co_await begin_piece();
        if (!spool_) spool_ = std::make_unique<Spool>(tools_.pool, tools_.spool_folder);
        const auto head = bytes.first(std::min(bytes.size(), kPartBytes - spool_->size()));
        co_await spool_->append(head);
        bytes = bytes.subspan(head.size());
    }
}

void S3Partial::forget_replaced() {
    for (auto& key : std::exchange(replaced_, {}))
        forget(tools_, std::move(key));
}

task<void> S3Partial::sync() {
    if (spool_ && spool_->size() > (tail_ ? tail_->size : 0)) {
        auto piece = piece_of(id_, spool_offset(), spool_->size(), writer_);
        co_await tools_.bucket.put(piece.key, spool_.get());
        if (tail_) replaced_.push_back(tail_->key);
        tail_ = std::move(piece);
    }
    co_await in_flight_.settle();
    forget_replaced();
}

task<void> S3Partial::cut(std::uint64_t length) {
    co_await sync();
    auto pieces = std::exchange(whole_, {});
    if (tail_) pieces.push_back(*std::exchange(tail_, std::nullopt));
    spool_.reset();
    auto chain = chain_of(pieces, length);
    if (!chain)
        throw std::system_error(EIO, std::generic_category(), "a partial file has lost bytes");
    co_await go_on(std::move(pieces), std::move(*chain), length);
}

task<void> S3Partial::finish() {
    co_await in_flight_.settle();
    co_await join(key_of(id_));
    for (auto& piece : std::exchange(whole_, {}))
        replaced_.push_back(std::move(piece.key));
    if (tail_) replaced_.push_back(std::exchange(tail_, std::nullopt)->key);
    forget_replaced();
}

task<void> S3Partial::join(std::string key) {
    if (whole_.empty()) {
        if (!spool_) spool_ = std::make_unique<Spool>(tools_.pool, tools_.spool_folder);
        co_return co_await tools_.bucket.put(std::move(key), spool_.get());
    }
    const auto upload_id = co_await tools_.bucket.begin_parts(key);
    std::exception_ptr failure;
    try {
        co_await join_parts(&key, &upload_id);
        co_return;
    } catch (...) {
        failure = std::current_exception();
    }
    try {
        co_await tools_.bucket.drop_parts(key, upload_id);
    } catch (const std::system_error& error) {
        log::warn("blob: parts of an upload remain", {{"key", key}, {"reason", error.what()}});
    }
    std::rethrow_exception(failure);
}

task<void> S3Partial::copy(Tools tools, std::string key, std::string upload_id, std::size_t number,
                           std::string from, std::shared_ptr<Etags> etags, std::string* etag) {
    *etag = co_await tools.bucket.copy_part(std::move(key), std::move(upload_id), number,
                                            std::move(from));
    etags.reset();  // it was kept for this
}

task<void> S3Partial::join_parts(const std::string* key, const std::string* upload_id) {
    const auto etags = std::make_shared<Etags>();
    for (const auto& piece : whole_) {
        auto* etag = &etags->of.emplace_back();
        co_await in_flight_.start(
            copy(tools_, *key, *upload_id, etags->of.size(), piece.key, etags, etag));
    }
    auto size = spool_offset();
    if (spool_ && spool_->size() > 0) {
        size += spool_->size();
        auto* etag = &etags->of.emplace_back();
        *etag = co_await tools_.bucket.put_part(*key, *upload_id, etags->of.size(), spool_.get());
    }
    co_await in_flight_.settle();
    co_await tools_.bucket.join_parts(*key, *upload_id, {etags->of.begin(), etags->of.end()}, size);
}

}  // namespace handin::blob::s3
