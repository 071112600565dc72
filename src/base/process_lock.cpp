#include "base/process_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>

namespace handin {

ProcessLock::ProcessLock(const std::filesystem::path& path, std::string_view what) {
    const int flags =
        std::filesystem::is_directory(path) ? O_RDONLY | O_DIRECTORY : O_RDWR | O_CREAT;
    descriptor_ = open(path.c_str(), flags | O_CLOEXEC, 0600);
    if (descriptor_ < 0) throw std::runtime_error("cannot write to " + path.string());
    if (flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return;
    const int error = errno;
    close(descriptor_);
    if (error != EWOULDBLOCK)
        throw std::system_error(error, std::generic_category(), "locking " + path.string());
    throw std::runtime_error("another handin process uses " + std::string(what) + " (" +
                             path.string() + " is locked)");
}

ProcessLock::~ProcessLock() {
    close(descriptor_);
}

}  // namespace handin
