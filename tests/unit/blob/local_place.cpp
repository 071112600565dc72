#include "blob/local_place.hpp"

namespace handin::test {

namespace fs = std::filesystem;

LocalPlace::LocalPlace(blob::LocalOptions options, fs::path folder) : options_(options) {
    if (folder.empty()) folder = temporary_.emplace().path() / "a" / "files";
    folder_ = std::move(folder);
    reopen();
}

void LocalPlace::reopen() {
    store_.reset();
    store_.emplace(folder_, pool_, options_);
}

std::size_t LocalPlace::things() {
    pool_.drain();
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder_))
        if (!entry.is_directory()) ++files;
    return files;
}

}  // namespace handin::test
