// The handed-in files, wherever the server keeps them, for whoever looks at them without a server.
// Everything blocks. Failures are std::system_error, no_such_file_or_directory if there is none.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "app/data_folder.hpp"
#include "app/maintenance/file_copy.hpp"
#include "app/s3_settings.hpp"
#include "base/uuid.hpp"

namespace handin::app {

class KeptFiles {
 public:
    virtual ~KeptFiles() = default;
    virtual std::string name(const Uuid& storage_id) const = 0;  // for people
    virtual std::uint64_t size(const Uuid& storage_id) = 0;
    virtual Content content(const Uuid& storage_id) = 0;
    virtual Content copy(const Uuid& storage_id, Copier& copier,
                         const std::filesystem::path& to) = 0;
    // A second name instead of a copy; false if that cannot be.
    virtual bool link(const Uuid& storage_id, Copier& copier, const std::filesystem::path& to) = 0;
    virtual void each(const std::function<void(const Uuid&)>& see) = 0;
};

// Throws std::runtime_error with a sentence for the operator if they cannot be reached.
std::unique_ptr<KeptFiles> open_kept_files(const Places& places, const S3Settings& s3);

}  // namespace handin::app
