// A LocalStore in a folder that goes with it.
#pragma once

#include <filesystem>
#include <optional>

#include "base/pool.hpp"
#include "blob/blob_suite.hpp"
#include "blob/local/local_store.hpp"
#include "support/temporary_folder.hpp"

namespace handin::test {

class LocalPlace final : public Place {
 public:
    // In `folder`, which somebody else removes, or in a temporary one.
    explicit LocalPlace(blob::LocalOptions options, std::filesystem::path folder = {});

    blob::BlobStore& store() override { return *store_; }
    void reopen() override;
    std::size_t things() override;  // files
    const std::filesystem::path& folder() const { return folder_; }

 private:
    std::optional<TemporaryFolder> temporary_;
    std::filesystem::path folder_;
    blob::LocalOptions options_;
    Pool pool_{4};
    std::optional<blob::LocalStore> store_;
};

// With and without O_TMPFILE.
inline constexpr blob::LocalOptions kBothWays[] = {{.unnamed_files = true},
                                                   {.unnamed_files = false}};

}  // namespace handin::test
