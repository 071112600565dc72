#include "blob/syscalls.hpp"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>

namespace handin::test {
namespace {

struct Record {
    std::mutex mutex;
    std::vector<std::string> calls;
    std::string failing;
    int error = 0;
};

Record& record() {
    static Record the_one;
    return the_one;
}

// Whether the call must fail; errno is set then.
bool fails(const char* call) {
    auto& r = record();
    std::lock_guard lock(r.mutex);
    r.calls.emplace_back(call);
    if (r.error == 0 || r.failing != call) return false;
    errno = r.error;
    return true;
}

}  // namespace

void watch_syscalls(const std::string& call, int error) {
    auto& r = record();
    std::lock_guard lock(r.mutex);
    r.calls.clear();
    r.failing = call;
    r.error = error;
}

std::vector<std::string> seen_syscalls() {
    auto& r = record();
    std::lock_guard lock(r.mutex);
    return r.calls;
}

}  // namespace handin::test

extern "C" {

int fdatasync(int descriptor) {
    if (handin::test::fails("fdatasync")) return -1;
    return static_cast<int>(::syscall(SYS_fdatasync, descriptor));
}

int fsync(int descriptor) {
    if (handin::test::fails("fsync")) return -1;
    return static_cast<int>(::syscall(SYS_fsync, descriptor));
}

int sync_file_range(int descriptor, off64_t offset, off64_t length, unsigned flags) {
    const bool waits = (flags & SYNC_FILE_RANGE_WAIT_AFTER) != 0;
    if (handin::test::fails(waits ? "await" : "start")) return -1;
    return static_cast<int>(::syscall(SYS_sync_file_range, descriptor, offset, length, flags));
}

int posix_fadvise(int descriptor, off_t offset, off_t length, int advice) noexcept {
    if (advice == POSIX_FADV_DONTNEED && handin::test::fails("drop")) return errno;
    return ::syscall(SYS_fadvise64, descriptor, offset, length, advice) == 0 ? 0 : errno;
}

int linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) noexcept {
    if (handin::test::fails("linkat")) return -1;
    return static_cast<int>(::syscall(SYS_linkat, from_folder, from, to_folder, to, flags));
}
}
