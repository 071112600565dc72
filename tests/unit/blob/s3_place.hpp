// An S3Store in a prefix of its own, on a real S3 server that all tests of the program share.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/pool.hpp"
#include "base/time.hpp"
#include "blob/blob_suite.hpp"
#include "blob/s3/s3_store.hpp"
#include "support/temporary_folder.hpp"

namespace handin::test {

// tests/support/s3server.py, started when it is first asked for; it ends with the program. Its
// credentials are in the environment from then on.
class S3Server {
 public:
    static S3Server& shared();
    const std::string& endpoint() const { return endpoint_; }
    const std::string& bucket() const { return bucket_; }

 private:
    S3Server();
    ~S3Server();
    S3Server(const S3Server&) = delete;
    S3Server& operator=(const S3Server&) = delete;

    TemporaryFolder folder_;
    int stdin_ = -1;
    int process_ = -1;
    std::string endpoint_, bucket_;
};

class S3Place final : public Place {
 public:
    S3Place();

    blob::S3Store& store() override { return *store_; }
    void reopen() override;
    std::size_t things() override;  // ids that name something, and uploads in parts

    blob::s3::Options options() const;  // of this place
    std::vector<std::string> keys();    // all there are, without the prefix
    // A look from outside, at the same place.
    blob::s3::Bucket& bucket() { return bucket_; }
    blob::s3::Background& background() { return background_; }
    Pool& pool() { return pool_; }

 private:
    std::string url_;
    TemporaryFolder spool_;
    SystemClock clock_;
    Pool pool_{4};
    blob::s3::Background background_;
    blob::s3::Bucket bucket_;  // goes first, see S3Store
    std::optional<blob::S3Store> store_;
};

}  // namespace handin::test
