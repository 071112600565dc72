// Signatures of requests to S3 and SQS: AWS Signature Version 4, in the Authorization header
// (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.hpp"

namespace handin {

struct AwsCredentials {
    std::string access_key_id;
    std::string secret_access_key;
    std::string session_token = {};  // of temporary credentials; empty: none
};

// For what the signature is good: a day, a region, a service ("s3", "sqs").
struct AwsScope {
    std::string region;
    std::string service;
};

// What a request says its payload is, unless it is the payload's SHA-256 in lower-case hex.
inline constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";

using NamedValues = std::vector<std::pair<std::string, std::string>>;

// A request as its sender means it: nothing is percent-encoded, in no order.
struct AwsRequest {
    std::string method;
    std::string host;  // as in the Host header: with the port unless it is the scheme's own
    std::string path;  // begins with a slash
    NamedValues query = {};
    NamedValues headers = {};  // to be sent and signed; names in any case
    std::string payload_hash = std::string(kUnsignedPayload);
};

// The path and query as they must go onto the wire, which is also what is signed.
std::string aws_target(const AwsRequest& request);

// The request's headers and what signing adds: X-Amz-Date, X-Amz-Content-Sha256 (for S3),
// X-Amz-Security-Token, Authorization. Not Host: whoever sends adds that.
NamedValues aws_signed_headers(const AwsRequest& request, const AwsScope& scope,
                               const AwsCredentials& credentials, Time now);

// All but A-Z a-z 0-9 - . _ ~ as %XX, byte by byte; with `keep_slashes` as in a path.
std::string uri_encode(std::string_view text, bool keep_slashes = false);

}  // namespace handin
