#include "app/maintenance/kept_files.hpp"

#include <system_error>

#include "base/encoding.hpp"
#include "base/pool.hpp"
#include "blob/local/folder.hpp"
#include "blob/s3/s3_store.hpp"

namespace handin::app {
namespace {

namespace fs = std::filesystem;

class FolderFiles final : public KeptFiles {
 public:
    explicit FolderFiles(const fs::path& folder) : folder_(folder.string()) {}

    std::string name(const Uuid& id) const override { return blob::local::path_of(folder_, id); }
    std::uint64_t size(const Uuid& id) override { return fs::file_size(name(id)); }
    Content content(const Uuid& id) override { return content_of(name(id)); }
    Content copy(const Uuid& id, Copier& copier, const fs::path& to) override {
        return copier.copy(name(id), to);
    }
    bool link(const Uuid& id, Copier& copier, const fs::path& to) override {
        return copier.link(name(id), to);
    }
    void each(const std::function<void(const Uuid&)>& see) override {
        blob::local::each_file(folder_, [&](const Uuid& id, const std::string&) { see(id); });
    }

 private:
    std::string folder_;
};

class BucketFiles final : public KeptFiles {
 public:
    BucketFiles(const std::string& url, const S3Settings& s3)
        : store_(s3_options(url, s3), fs::temp_directory_path().string(), pool_, clock_) {}

    std::string name(const Uuid& id) const override { return store_.name_of(id); }
    std::uint64_t size(const Uuid& id) override {
        const auto size = store_.size_of(id);
        if (!size)
            throw std::system_error(std::make_error_code(std::errc::no_such_file_or_directory),
                                    name(id));
        return *size;
    }
    Content content(const Uuid& id) override {
        Hashing hashing;
        store_.read(id, [&](std::string_view bytes) { hashing.add(as_bytes(bytes)); });
        return hashing.content();
    }
    Content copy(const Uuid& id, Copier& copier, const fs::path& to) override {
        return copier.write(to, [&](const Copier::Take& take) {
            store_.read(id, [&](std::string_view bytes) { take(as_bytes(bytes)); });
        });
    }
    bool link(const Uuid&, Copier&, const fs::path&) override { return false; }
    void each(const std::function<void(const Uuid&)>& see) override { store_.each_file(see); }

 private:
    SystemClock clock_;
    Pool pool_{1};
    blob::S3Store store_;
};

}  // namespace

std::unique_ptr<KeptFiles> open_kept_files(const Places& places, const S3Settings& s3) {
    if (places.bucket.empty()) return std::make_unique<FolderFiles>(places.files);
    return std::make_unique<BucketFiles>(places.bucket, s3);
}

}  // namespace handin::app
