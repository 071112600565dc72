// Where a bucket is: s3://BUCKET[/PREFIX][?endpoint=http://HOST:PORT&region=REGION&style=path]
#pragma once

#include <string>

namespace handin::blob::s3 {

struct Address {
    std::string scheme;  // http or https
    std::string host;    // with the port unless it is the scheme's own
    std::string bucket;
    std::string prefix;  // of every key; empty, or ends with a slash
    std::string region;
    bool virtual_host = false;  // the bucket is part of the host's name, not of the path

    std::string shown() const;  // s3://bucket/prefix, for people
};

// Without `endpoint` it is Amazon's in the region (else AWS_REGION, else us-east-1), which has
// buckets in host names; other endpoints have them in paths, unless style=virtual. Throws
// std::runtime_error with a sentence for the operator.
Address parse_address(const std::string& url);

}  // namespace handin::blob::s3
