#include "app/s3_settings.hpp"

#include <chrono>

#include "blob/s3/bucket.hpp"

namespace handin::app {

blob::s3::Options s3_options(const std::string& url, const S3Settings& settings) {
    return {.address = blob::s3::parse_address(url),
            .credentials = settings.credentials,
            .trust = {.authorities = settings.ca},
            .patience = std::chrono::seconds(settings.patience),
            .idle = std::chrono::seconds(settings.timeout),
            .connections = settings.connections};
}

}  // namespace handin::app
