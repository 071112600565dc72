// The few verbs of S3 that the engine uses, each repeated until it is done or patience is over.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/aws_credentials.hpp"
#include "base/sigv4.hpp"
#include "base/task.hpp"
#include "base/time.hpp"
#include "blob/s3/address.hpp"
#include "blob/s3/payload.hpp"
#include "blob/s3/xml.hpp"
#include "http/client_loop.hpp"

namespace handin::blob::s3 {

struct Options {
    Address address;
    std::filesystem::path credentials;  // file; empty: from the environment
    http::ClientTrust trust;
    std::chrono::milliseconds patience =
        std::chrono::seconds(20);  // with one request, repeats included
    std::chrono::milliseconds idle = std::chrono::seconds(15);  // without a byte from S3, or to it
    std::size_t connections = 64;  // for uploads, and as many for downloads
};

// Everything throws std::system_error when patience is over (timed_out, connection_refused, ...),
// or at once if repeating cannot help: no_such_file_or_directory (404), permission_denied (403),
// io_error. Its message has the verb and S3's own code and words, never a credential.
class Bucket {
 public:
    Bucket(Options options, const Clock& clock);

    const std::string& prefix() const { return options_.address.prefix; }
    std::string shown() const { return options_.address.shown(); }

    // Keys here are without the prefix.
    task<void> put(std::string key, Payload* payload);
    // Bytes; nullopt: there is no such object.
    task<std::optional<std::uint64_t>> size_of(std::string key);
    task<void> remove(std::string key);  // no error if there is none
    task<void> copy(std::string from, std::string to);
    // An object of a few KiB; nullopt if there is none.
    task<std::optional<std::string>> text(std::string key);

    // Those whose keys begin so. `delimiter`: keys are cut after its next place.
    task<Listing> list(std::string prefix, std::string delimiter, std::string token);

    task<std::string> begin_parts(std::string key);  // an upload's id
    // The part's ETag. Numbers from 1.
    task<std::string> put_part(std::string key, std::string upload_id, std::size_t number,
                               Payload* payload);
    task<std::string> copy_part(std::string key, std::string upload_id, std::size_t number,
                                std::string from);
    // Makes them the object, and makes sure that it is there with that many bytes.
    task<void> join_parts(std::string key, std::string upload_id, std::vector<std::string> etags,
                          std::uint64_t size);
    task<void> drop_parts(std::string key, std::string upload_id);  // no error if there are none
    task<PendingUploads> pending(std::string key_marker, std::string id_marker);

    // The beginning of an answer with bytes of the object from `offset` on; `length`: at most, 0 is
    // not allowed. `etag`: of the object, if it was seen before. nullopt: it ends before `offset`.
    struct Opened {
        std::unique_ptr<http::Exchange> exchange;
        std::uint64_t length = 0;  // of the answer's body
        std::string etag;
    };
    task<std::optional<Opened>> open(std::string key, std::uint64_t offset, std::uint64_t length,
                                     std::string etag);

    // Nothing is repeated any more. Thread-safe.
    void lose_patience() { impatient_ = true; }
    bool impatient() const { return impatient_; }
    std::chrono::milliseconds patience() const { return options_.patience; }
    // Ends everything that is under way. Blocks until nobody can be resumed any more.
    void stop();

    // For /metrics, since the start.
    std::uint64_t requests() const { return requests_; }
    std::uint64_t repeats() const { return repeats_; }

 private:
    struct Call {
        std::string verb;  // for people
        std::string method;
        std::string key;
        NamedValues query = {};
        NamedValues headers = {};
        Payload* payload = nullptr;
        // Answers that are no failure besides 2xx.
        std::vector<int> also = {};
        // Of a 2xx answer without the ETag of what was made: S3 may tell of a failure in the body.
        bool wants_etag = false;
    };
    struct Reply {
        int status = 0;
        http::ClientResponse head;
        std::string body;
    };

    std::string path_of(const std::string& key) const;
    http::ClientRequest signed_request(const Call& call);
    task<Reply> once(const Call* call);
    task<Reply> ask(Call call);
    task<std::optional<Opened>> open_once(const Call* call);
    task<void> pause(std::chrono::milliseconds time);

    Options options_;
    const Clock& clock_;
    AwsCredentialSource credentials_;
    std::atomic<bool> impatient_ = false;
    std::atomic<std::uint64_t> requests_ = 0, repeats_ = 0;
    http::ClientLoop up_, down_;  // so that slow readers never keep uploads waiting
};

}  // namespace handin::blob::s3
