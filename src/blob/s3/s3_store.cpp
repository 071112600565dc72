#include "blob/s3/s3_store.hpp"

#include <filesystem>
#include <limits>
#include <span>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "base/encoding.hpp"
#include "base/log.hpp"
#include "blob/passing.hpp"
#include "blob/s3/s3_reader.hpp"
#include "blob/s3/s3_stage.hpp"

namespace handin::blob {
namespace s3 {
namespace {

constexpr auto kMark = "files/.database";

// What nobody waits for any more may take so long to end at a stop.
constexpr std::chrono::seconds kStopPatience{5};

task<void> remove_now(Tools tools, std::string key) {
    try {
        co_await tools.bucket.remove(key);
    } catch (const std::system_error& error) {
        log::warn("blob: an object was not removed", {{"key", key}, {"reason", error.what()}});
    }
}

task<void> put_text(Bucket* bucket, std::string key, std::string text) {
    TextPayload payload(std::move(text));
    co_await bucket->put(std::move(key), &payload);
}

task<void> read_all(Bucket* bucket, std::string key,
                    const std::function<void(std::string_view)>* take) {
    const auto reader = co_await S3Reader::open(bucket, std::move(key), 0,
                                                std::numeric_limits<std::uint64_t>::max());
    for (auto bytes = co_await reader->next(); !bytes.empty(); bytes = co_await reader->next())
        (*take)(bytes);
}

// Of a key files/xx/<id>.
std::optional<Uuid> id_in(const std::string& key) {
    auto id = Uuid::parse(std::string_view(key).substr(key.rfind('/') + 1));
    if (!id || key_of(*id) != key) return std::nullopt;
    return id;
}

[[noreturn]] void explain(const Bucket& bucket, const std::system_error& error) {
    const std::string what = error.what();
    const auto has = [&](std::string_view word) { return what.find(word) != std::string::npos; };
    std::string why = what;
    if (has("SignatureDoesNotMatch"))
        why = "the secret key does not fit the access key (" + what + ")";
    else if (has("InvalidAccessKeyId"))
        why = "S3 does not know this access key (" + what + ")";
    else if (has("RequestTimeTooSkewed"))
        why = "the clock of this machine is wrong (" + what + ")";
    else if (has("NoSuchBucket"))
        why = "there is no such bucket (" + what + ")";
    else if (is_passing(error))
        why = "S3 does not answer (" + what + ")";
    throw std::runtime_error("--blobs " + bucket.shown() + ": " + why);
}

}  // namespace

// The last byte is random in UUIDv7, the first ones are the time.
std::string key_of(const Uuid& storage_id) {
    return kFilesPrefix + hex(std::span(&storage_id.bytes.back(), 1)) + '/' + storage_id.str();
}

void forget(Tools tools, std::string key) {
    tools.background.start(remove_now(tools, std::move(key)));
}

}  // namespace s3

S3Store::S3Store(s3::Options options, std::string spool, Pool& pool, const Clock& clock)
    : pool_(pool),
      clock_(clock),
      spool_(std::move(spool)),
      bucket_(std::move(options), clock),
      partials_(tools()) {
    std::filesystem::create_directories(spool_);
    try {
        mark();
    } catch (const std::system_error& error) {
        s3::explain(bucket_, error);
    }
}

S3Store::~S3Store() {
    stop();
}

void S3Store::stop() {
    bucket_.lose_patience();
    background_.drain(s3::kStopPatience);
    bucket_.stop();
    background_.drain();
}

task<std::unique_ptr<Stage>> S3Store::stage(Uuid storage_id) {
    co_return std::make_unique<s3::S3Stage>(tools(), s3::key_of(storage_id));
}

task<std::unique_ptr<Reader>> S3Store::open(Uuid storage_id, std::uint64_t offset,
                                            std::uint64_t length) {
    co_return co_await s3::S3Reader::open(&bucket_, s3::key_of(storage_id), offset, length);
}

void S3Store::remove(Uuid storage_id) {
    s3::forget(tools(), s3::key_of(storage_id));
}

void S3Store::each_object(const std::function<void(const Uuid&, Time)>& see) {
    std::string token;
    do {
        auto page = background_.run(bucket_.list(s3::kFilesPrefix, "", token));
        for (const auto& object : page.objects)
            if (const auto id = s3::id_in(object.key)) see(*id, object.modified);
        token = std::move(page.next);
    } while (!token.empty());
}

void S3Store::list_older(Time time, const std::function<void(const Uuid&)>& see) {
    each_object([&](const Uuid& id, Time modified) {
        if (time_of(id) < time && modified < time) see(id);
    });
    drop_stale_parts(time);
}

// What a crash has left: nobody sees such parts, and everybody pays for them.
void S3Store::drop_stale_parts(Time time) {
    s3::PendingUploads page;
    do {
        page = background_.run(bucket_.pending(page.next_key, page.next_id));
        for (const auto& upload : page.uploads) {
            if (upload.begun >= time) continue;
            background_.run(bucket_.drop_parts(upload.key, upload.upload_id));
            log::info("gave up an upload that somebody has left", {{"key", upload.key}});
        }
    } while (!page.next_key.empty());
}

std::optional<std::string> S3Store::mark() {
    return background_.run(bucket_.text(s3::kMark));
}

void S3Store::set_mark(const std::string& text) {
    background_.run(s3::put_text(&bucket_, s3::kMark, text));
}

std::optional<std::uint64_t> S3Store::size_of(Uuid storage_id) {
    return background_.run(bucket_.size_of(s3::key_of(storage_id)));
}

void S3Store::read(Uuid storage_id, const std::function<void(std::string_view)>& take) {
    background_.run(s3::read_all(&bucket_, s3::key_of(storage_id), &take));
}

void S3Store::each_file(const std::function<void(const Uuid&)>& see) {
    each_object([&](const Uuid& id, Time) { see(id); });
}

std::string S3Store::name_of(Uuid storage_id) const {
    return bucket_.shown() + s3::key_of(storage_id);
}

}  // namespace handin::blob
