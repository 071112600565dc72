#include "store/disk.hpp"

#include <sqlite3.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace handin::test {
namespace {

struct Kind {
    std::atomic<int> error = 0;
    std::atomic<int> spared = 0;  // calls that still succeed
    std::atomic<long> calls = 0;

    bool fails() {
        ++calls;
        if (error == 0 || spared-- > 0) return false;
        errno = error;
        return true;
    }
};

Kind writes, syncs;
std::atomic<bool> syncs_skipped = false;

Kind& kind(DiskCall call) {
    return call == DiskCall::write ? writes : syncs;
}

ssize_t write_at(int descriptor, const void* bytes, size_t size, off64_t offset) {
    if (writes.fails()) return -1;
    return ::syscall(SYS_pwrite64, descriptor, bytes, size, offset);
}

// SQLite lets its system calls be replaced, by name; before any database is open.
const bool installed = [] {
    sqlite3_initialize();
    auto* vfs = sqlite3_vfs_find(nullptr);
    for (const char* name : {"pwrite", "pwrite64"})
        vfs->xSetSystemCall(vfs, name, reinterpret_cast<sqlite3_syscall_ptr>(write_at));
    return true;
}();

}  // namespace

void fail_disk(DiskCall call, int error, int after) {
    kind(call).spared = after;
    kind(call).error = error;
}

void skip_syncs(bool skip) {
    syncs_skipped = skip;
}

long disk_calls(DiskCall call) {
    return kind(call).calls;
}

}  // namespace handin::test

extern "C" int fdatasync(int descriptor) {
    if (handin::test::syncs.fails()) return -1;
    if (handin::test::syncs_skipped) return 0;
    return static_cast<int>(::syscall(SYS_fdatasync, descriptor));
}
