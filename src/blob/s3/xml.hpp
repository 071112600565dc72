// What S3 answers in XML (Amazon S3 API Reference). Bytes from outside: whatever is not as
// described there is nullopt, or left out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace handin::blob::s3 {

// Of a failed request: "SlowDown", "Reduce your request rate." Empty if the body says nothing.
struct Failure {
    std::string code;
    std::string message;
};
Failure parse_failure(std::string_view xml);

// A page of ListObjectsV2.
struct Listing {
    struct Object {
        std::string key;
        std::uint64_t size = 0;
        Time modified;
    };
    std::vector<Object> objects;
    std::vector<std::string> prefixes;  // common ones, up to the delimiter
    std::string next;                   // continuation token; empty: that was all
};
std::optional<Listing> parse_listing(std::string_view xml);

// A page of ListMultipartUploads.
struct PendingUploads {
    struct Pending {
        std::string key;
        std::string upload_id;
        Time begun;
    };
    std::vector<Pending> uploads;
    std::string next_key, next_id;  // markers; empty: that was all
};
std::optional<PendingUploads> parse_pending(std::string_view xml);

// The upload's id in the answer to CreateMultipartUpload.
std::optional<std::string> parse_upload_id(std::string_view xml);
// The ETag in the answers to CopyObject, UploadPartCopy and CompleteMultipartUpload, which may also
// tell of a failure though their status is 200.
std::optional<std::string> parse_etag(std::string_view xml);

// The body of CompleteMultipartUpload. `etags`: of parts 1, 2, ...
std::string complete_body(const std::vector<std::string>& etags);

}  // namespace handin::blob::s3
