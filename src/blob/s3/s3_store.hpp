// The S3 engine: an object each at <prefix>files/<2 hex digits>/<storage id>, there as a whole or
// not at all. Several processes may use one bucket and prefix, if they have one database.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/hash.hpp"
#include "base/pool.hpp"
#include "blob/blob.hpp"
#include "blob/s3/s3_partials.hpp"
#include "blob/s3/tools.hpp"

namespace handin::blob {

class S3Store final : public BlobStore {
 public:
    // Blocks until S3 has answered. `spool`: a folder for what waits to be sent, made if missing.
    // Pool and clock outlive the store and everything it hands out. Throws std::runtime_error with
    // a sentence for the operator: wrong credentials, no such bucket, nobody answers.
    S3Store(s3::Options options, std::string spool, Pool& pool, const Clock& clock);
    ~S3Store() override;  // stop()

    task<std::unique_ptr<Stage>> stage(Uuid storage_id) override;
    task<std::unique_ptr<Reader>> open(Uuid storage_id, std::uint64_t offset,
                                       std::uint64_t length) override;
    void remove(Uuid storage_id) override;
    PartialFiles* partials() override { return &partials_; }
    // Also gives up multipart uploads that were begun before `time`.
    void list_older(Time time, const std::function<void(const Uuid&)>& see) override;

    // These block; not on io threads.
    // A small object beside the files: whose they are.
    std::optional<std::string> mark();
    void set_mark(const std::string& text);
    // Bytes that there are of that name; nullopt: none.
    std::optional<std::uint64_t> size_of(Uuid storage_id);
    // All of them, piece by piece, on another thread.
    void read(Uuid storage_id, const std::function<void(std::string_view)>& take);
    void each_file(const std::function<void(const Uuid&)>& see);
    std::string name_of(Uuid storage_id) const;  // s3://bucket/key

    // Blocks until what nobody waits for is through.
    void drain() { background_.drain(); }
    // Blocks until nobody who waits can be resumed any more. Call it when no io_context runs and
    // before one is destroyed.
    void stop();

    const s3::Bucket& bucket() const { return bucket_; }

 private:
    s3::Tools tools() { return {bucket_, pool_, background_, spool_, clock_}; }
    void each_object(const std::function<void(const Uuid&, Time modified)>& see);
    void drop_stale_parts(Time time);

    Pool& pool_;
    const Clock& clock_;
    std::string spool_;
    s3::Background background_;
    s3::Bucket bucket_;  // whose thread may be resuming somebody on the background's: goes first
    s3::S3Partials partials_;
};

}  // namespace handin::blob
