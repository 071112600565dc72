// Who we are to S3. Never logged.
#pragma once

#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>

#include "base/sigv4.hpp"

namespace handin::blob::s3 {

// From a file in the form of the AWS command line's (~/.aws/credentials, its profile "default"),
// which is read again when it has changed, so that temporary credentials can be renewed; without a
// file from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.
class Credentials {
 public:
    // Throws std::runtime_error with a sentence for the operator if there are none.
    explicit Credentials(std::filesystem::path file = {});

    // Thread-safe. What cannot be read leaves those from before.
    AwsCredentials now();

 private:
    std::filesystem::path file_;  // empty: from the environment
    std::mutex mutex_;
    std::filesystem::file_time_type read_at_;
    AwsCredentials credentials_;
};

// Throws std::runtime_error if it names no key, or no secret.
AwsCredentials parse_credentials(std::string_view text);

}  // namespace handin::blob::s3
