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

std::optional<std::string> read_text(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
}

}  // namespace handin::app
