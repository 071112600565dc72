#include "blob/s3/s3_reader.hpp"

#include <algorithm>
#include <limits>
#include <system_error>
#include <utility>

#include "base/log.hpp"
#include "blob/passing.hpp"

namespace handin::blob::s3 {
namespace {

// Beyond this no object has bytes, and not every server can count.
constexpr auto kMostOffset = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

// Interruptions in a row that bring no byte at all.
constexpr int kMostInterruptions = 5;

}  // namespace

task<std::unique_ptr<Reader>> S3Reader::open(Bucket* bucket, std::string key, std::uint64_t offset,
                                             std::uint64_t length) {
    auto reader = std::make_unique<S3Reader>(*bucket, key, offset);
    if (length == 0 || offset > kMostOffset) {
        if (!co_await bucket->size_of(key))
            throw std::system_error(std::make_error_code(std::errc::no_such_file_or_directory),
                                    "S3 HeadObject");
        co_return reader;
    }
    co_await reader->go_on(length);
    co_await reader->next();
    reader->fresh_ = true;
    co_return reader;
}

task<void> S3Reader::go_on(std::uint64_t length) {
    exchange_.reset();
    auto opened = co_await bucket_.open(key_, offset_, length, etag_);
    if (!opened) co_return;
    exchange_ = std::move(opened->exchange);
    left_ = opened->length;
    etag_ = std::move(opened->etag);
}

task<std::string_view> S3Reader::next() {
    if (std::exchange(fresh_, false)) co_return piece_;
    for (int interruptions = 0; left_ > 0;) {
        std::string reason = "the answer ended early";
        try {
            piece_ = co_await exchange_->next();
        } catch (const std::system_error& error) {
            if (!is_passing(error) || bucket_.impatient()) throw;
            piece_ = {};
            reason = error.what();
        }
        if (!piece_.empty()) {
            offset_ += piece_.size();
            left_ -= std::min<std::uint64_t>(left_, piece_.size());
            co_return piece_;
        }
        if (++interruptions > kMostInterruptions)
            throw std::system_error(std::make_error_code(std::errc::io_error),
                                    "S3 GetObject: " + reason);
        log::info("S3 download taken up again", {{"at", offset_}, {"reason", reason}});
        const auto expected = left_;
        co_await go_on(left_);
        if (left_ != expected)
            throw std::system_error(std::make_error_code(std::errc::io_error),
                                    "S3 GetObject: the object has changed");
    }
    exchange_.reset();
    piece_ = {};
    co_return piece_;
}

}  // namespace handin::blob::s3
