#include "blob/s3/s3_stage.hpp"

#include <algorithm>
#include <system_error>
#include <utility>
#include <vector>

#include "base/log.hpp"

namespace handin::blob::s3 {

S3Stage::~S3Stage() {
    if (tools_.bucket.impatient()) return;  // the collector will find it
    try {
        if (parts_ && !parts_->upload_id.empty()) in_flight_.finally(drop(tools_, parts_, key_));
        if (in_doubt_) forget(tools_, key_);
    } catch (const std::exception& error) {
        log::warn("blob: an upload was not undone", {{"key", key_}, {"reason", error.what()}});
    }
}

task<void> S3Stage::drop(Tools tools, std::shared_ptr<Parts> parts, std::string key) {
    try {
        co_await tools.bucket.drop_parts(key, parts->upload_id);
    } catch (const std::system_error& error) {
        log::warn("blob: parts of an upload remain", {{"key", key}, {"reason", error.what()}});
    }
}

task<void> S3Stage::send(Tools tools, std::shared_ptr<Parts> parts, std::string key,
                         std::size_t number, std::string* etag, std::unique_ptr<Spool> spool) {
    *etag = co_await tools.bucket.put_part(std::move(key), parts->upload_id, number, spool.get());
}

task<void> S3Stage::write(std::span<const std::uint8_t> bytes) {
    if (spent_) throw std::system_error(EIO, std::generic_category(), "writing file bytes");
    spent_ = true;  // and stays so if this throws
    while (!bytes.empty()) {
        if (spool_ && spool_->size() == kPartBytes) co_await begin_part();
        if (!spool_) spool_ = std::make_unique<Spool>(tools_.pool, tools_.spool_folder);
        const auto head = bytes.first(std::min(bytes.size(), kPartBytes - spool_->size()));
        co_await spool_->append(head);
        size_ += head.size();
        bytes = bytes.subspan(head.size());
    }
    spent_ = false;
}

task<void> S3Stage::begin_part() {
    if (!parts_) {
        parts_ = std::make_shared<Parts>();
        parts_->upload_id = co_await tools_.bucket.begin_parts(key_);
    }
    auto* etag = &parts_->etags.emplace_back();
    co_await in_flight_.start(
        send(tools_, parts_, key_, parts_->etags.size(), etag, std::move(spool_)));
}

task<void> S3Stage::finish() {
    if (spent_) throw std::system_error(EIO, std::generic_category(), "writing file bytes");
    spent_ = true;
    if (!spool_) spool_ = std::make_unique<Spool>(tools_.pool, tools_.spool_folder);
    if (!parts_) {
        in_doubt_ = true;
        co_await tools_.bucket.put(key_, spool_.get());
    } else {
        co_await begin_part();
        co_await in_flight_.settle();
        in_doubt_ = true;
        co_await tools_.bucket.join_parts(key_, parts_->upload_id,
                                          {parts_->etags.begin(), parts_->etags.end()}, size_);
        parts_.reset();
    }
    in_doubt_ = false;
    spool_.reset();
}

}  // namespace handin::blob::s3
