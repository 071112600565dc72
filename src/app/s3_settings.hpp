// How to reach the bucket that --blobs names.
#pragma once

#include <string>

namespace handin::blob::s3 {
struct Options;
}

namespace handin::app {

struct S3Settings {
    std::string credentials;  // file; empty: from the environment
    std::string ca;           // PEM file; empty: the system's authorities
    unsigned patience = 20;   // seconds
    unsigned timeout = 15;    // seconds
    unsigned connections = 64;
};

// `url`: s3://... Throws std::runtime_error with a sentence for the operator.
blob::s3::Options s3_options(const std::string& url, const S3Settings& settings);

}  // namespace handin::app
