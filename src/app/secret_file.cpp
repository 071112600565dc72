#include "app/secret_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

namespace handin::app {
namespace {

class Descriptor {
 public:
    Descriptor(const std::filesystem::path& path, int flags)
        : number_(open(path.c_str(), flags | O_CLOEXEC, 0600)) {
        if (number_ < 0) fail(path);
    }
    ~Descriptor() { close(number_); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    void write_all(std::string_view text, const std::filesystem::path& path) const {
        while (!text.empty()) {
            const auto written = write(number_, text.data(), text.size());
            if (written < 0) fail(path);
            text.remove_prefix(static_cast<std::size_t>(written));
        }
    }
    void sync(const std::filesystem::path& path) const {
        if (fsync(number_) != 0) fail(path);
    }

 private:
    [[noreturn]] static void fail(const std::filesystem::path& path) {
        throw std::system_error(errno, std::generic_category(), path.string());
    }

    int number_;
};

// A folder that may be searched but not read cannot be opened for it; who made it answers for it.
void sync_entries(const std::filesystem::path& folder) {
    if (access(folder.c_str(), R_OK) != 0 && errno == EACCES) return;
    Descriptor(folder, O_RDONLY | O_DIRECTORY).sync(folder);
}

}  // namespace

void write_secret(const std::filesystem::path& file, std::string_view text) {
    auto draft = file;
    draft += ".new";
    {
        const Descriptor out(draft, O_WRONLY | O_CREAT | O_TRUNC);
        out.write_all(text, draft);
        out.sync(draft);
    }
    std::filesystem::rename(draft, file);
    Descriptor(file.parent_path().empty() ? "." : file.parent_path(), O_RDONLY | O_DIRECTORY)
        .sync(file);
}

void make_private_folder(const std::filesystem::path& folder) {
    namespace fs = std::filesystem;
    // An earlier start may have ended between making and syncing: the last name counts as new.
    auto above = (fs::absolute(folder) / "").lexically_normal().parent_path().parent_path();
    auto oldest = above;  // the highest folder that gets a new entry
    while (!fs::exists(oldest))
        oldest = oldest.parent_path();
    fs::create_directories(folder);
    fs::permissions(folder, fs::perms::owner_all);
    for (;; above = above.parent_path()) {
        sync_entries(above);
        if (above == oldest) return;
    }
}

std::optional<std::string> read_text(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
}

}  // namespace handin::app
