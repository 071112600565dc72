// Who we are to S3 and SQS. Never logged.
#pragma once

#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>

#include "base/sigv4.hpp"

namespace handin {

// From a file in the form of the AWS command line's (~/.aws/credentials, its profile "default"),
// which is read again when it has changed, so that temporary credentials can be renewed; without a
// file from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.
class AwsCredentialSource {
 public:
    // `option` is what names the file, for the sentence that it throws (std::runtime_error) if
    // there are none.
    AwsCredentialSource(std::filesystem::path file, std::string option);

    // Thread-safe. What cannot be read leaves those from before.
    AwsCredentials now();

 private:
    std::filesystem::path file_;  // empty: from the environment
    std::string option_;
    std::mutex mutex_;
    std::filesystem::file_time_type read_at_;
    AwsCredentials credentials_;
};

// Throws std::runtime_error if it names no key, or no secret.
AwsCredentials parse_aws_credentials(std::string_view text);

}  // namespace handin
