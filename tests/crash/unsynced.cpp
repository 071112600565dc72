// A disk that forgets what was not synced, to be preloaded into the server (LD_PRELOAD). It notes
// every write, truncation and change of a name below a folder, with what is needed to take it back,
// until an fsync or fdatasync of that file (for names: an fsync of the folder) covers it. At
// SIGUSR2 the power goes: what is not covered is taken back, all of it or a random part, block by
// block, for disks reorder; and the process is gone. Syncs do nothing else, and take a random time.
//
// Left out: writes through mmap, which only SQLite's -shm has; that file is deleted, as any start
// makes it anew.
//
//   HANDIN_UNSYNCED_FOLDER   what is watched; beside it lie FOLDER.removed/ and FOLDER.report
//   HANDIN_UNSYNCED_KEEP     "some": a random part survives; else nothing does
//   HANDIN_UNSYNCED_IGNORE   a regular expression: syncs of paths that it finds count as not done:
//   the
//                            mistake that the tests must find
//   HANDIN_UNSYNCED_FULL     a file: while it is there, files cannot grow; it holds the errno
#include <dirent.h>
#include <fcntl.h>
#include <semaphore.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <mutex>
#include <random>
#include <regex>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace fs = std::filesystem;
using Number = std::uint64_t;  // of a change: 1, 2, 3, … in the order they were made

constexpr off_t kBlock = 4096;          // what a disk writes whole or not at all
constexpr unsigned kLongestSync = 800;  // microseconds

struct Version {
    Number overwritten_by;
    std::string bytes;  // of the block, before that change
};
struct Size {
    Number changed_by;
    off_t bytes;  // of the file, before that change
};

// One file with changes that no sync covers.
struct Dirty {
    int descriptor = -1;  // our own
    std::map<off_t, std::vector<Version>> blocks;
    std::vector<Size> sizes;
};

// A change of a name that no sync of its folder covers.
struct Renamed {
    Number number;
    std::string folder;
    std::function<void()> undo;
    std::string kept;  // what was removed, until that is durable
};

std::string setting(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

template <class... Arguments>
long call(long number, Arguments... arguments) {
    return ::syscall(number, arguments...);
}

struct Disk {
    const std::string folder = setting("HANDIN_UNSYNCED_FOLDER");
    const std::string ignored = setting("HANDIN_UNSYNCED_IGNORE");
    const std::regex ignored_paths{ignored};
    const std::string full = setting("HANDIN_UNSYNCED_FULL");
    const bool keep_some = setting("HANDIN_UNSYNCED_KEEP") == "some";

    std::recursive_mutex mutex;  // held while the system call of a change is made
    Number last = 0;
    std::map<std::pair<dev_t, ino_t>, Dirty> files;
    std::vector<Renamed> names;
    std::mt19937 chance{std::random_device{}()};
    sem_t power_cut{};
    std::atomic<bool> dark =
        false;  // nothing is said any more: it could rest on what is taken back

    std::string removed_folder() const { return folder + ".removed"; }
    bool watches(const std::string& path) const {
        return !folder.empty() && path.starts_with(folder + '/') && !path.ends_with("-shm");
    }
    std::size_t pick(std::size_t count) { return chance() % count; }

    Dirty* dirty(int descriptor);
    void note_blocks(Dirty& file, off_t begin, off_t end);
    bool may_grow() const;
    bool before_write(int descriptor, off_t offset, std::size_t size);
    void before_truncation(int descriptor, off_t size);
    void note_name(const std::string& path, std::function<void()> undo, std::string kept = {});
    std::string put_aside(const std::string& path);

    int sync(int descriptor);
    void cover_names(const std::string& folder, Number until);
    void cover_file(int descriptor, Number until);

    void forget();
    std::size_t forget_names();
    std::size_t forget_blocks(Dirty& file);
};

Disk& disk() {
    static Disk& the_one = *new Disk;  // never destroyed: the last threads still write
    return the_one;
}

std::string path_of(int descriptor) {
    char path[4096];
    const auto link = "/proc/self/fd/" + std::to_string(descriptor);
    const auto size = ::readlink(link.c_str(), path, sizeof path);
    return size < 0 ? "" : std::string(path, static_cast<std::size_t>(size));
}

std::string absolute(const char* path, int folder = AT_FDCWD) {
    if (path[0] == '/') return fs::path(path).lexically_normal();
    const auto base = folder == AT_FDCWD ? fs::current_path().string() : path_of(folder);
    return (fs::path(base) / path).lexically_normal();
}

bool exists(const std::string& path) {
    struct stat status{};
    return ::lstat(path.c_str(), &status) == 0;
}

off_t size_of(int descriptor) {
    struct stat status{};
    return ::fstat(descriptor, &status) == 0 ? status.st_size : 0;
}

void remove_file(const std::string& path) {
    call(SYS_unlinkat, AT_FDCWD, path.c_str(), 0);
}

void move(const std::string& from, const std::string& to) {
    call(SYS_renameat2, AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), 0);
}

// The record of a watched file; nullptr for any other descriptor.
Dirty* Disk::dirty(int descriptor) {
    struct stat status{};
    if (folder.empty() || descriptor <= STDERR_FILENO || ::fstat(descriptor, &status) != 0 ||
        !S_ISREG(status.st_mode))
        return nullptr;
    const std::pair key(status.st_dev, status.st_ino);
    if (const auto found = files.find(key); found != files.end()) return &found->second;
    if (!watches(path_of(descriptor))) return nullptr;
    const auto self = "/proc/self/fd/" + std::to_string(descriptor);
    auto& file = files[key];
    file.descriptor =
        static_cast<int>(call(SYS_openat, AT_FDCWD, self.c_str(), O_RDWR | O_CLOEXEC, 0));
    if (file.descriptor < 0) std::abort();
    return &file;
}

void Disk::note_blocks(Dirty& file, off_t begin, off_t end) {
    for (off_t at = begin / kBlock * kBlock; at < end; at += kBlock) {
        std::string bytes(kBlock, '\0');
        const auto got = ::pread(file.descriptor, bytes.data(), bytes.size(), at);
        bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
        file.blocks[at].push_back({last, std::move(bytes)});
    }
}

// False with errno while the disk is told to be full.
bool Disk::may_grow() const {
    if (full.empty()) return true;
    int error = 0;
    if (!(std::ifstream(full) >> error)) return true;
    errno = error;
    return false;
}

bool Disk::before_write(int descriptor, off_t offset, std::size_t size) {
    auto* file = dirty(descriptor);
    if (file == nullptr) return true;
    const auto end = offset + static_cast<off_t>(size);
    const auto before = size_of(descriptor);
    if (end > before && !may_grow()) return false;
    ++last;
    if (end > before) file->sizes.push_back({last, before});
    note_blocks(*file, offset, end);
    return true;
}

void Disk::before_truncation(int descriptor, off_t size) {
    auto* file = dirty(descriptor);
    if (file == nullptr) return;
    ++last;
    const auto before = size_of(descriptor);
    file->sizes.push_back({last, before});
    note_blocks(*file, size, before);
}

void Disk::note_name(const std::string& path, std::function<void()> undo, std::string kept) {
    names.push_back(
        {++last, fs::path(path).parent_path().string(), std::move(undo), std::move(kept)});
}

// A second name for what is about to lose its own.
std::string Disk::put_aside(const std::string& path) {
    const auto kept = removed_folder() + '/' + std::to_string(++last);
    call(SYS_linkat, AT_FDCWD, path.c_str(), AT_FDCWD, kept.c_str(), 0);
    return kept;
}

int Disk::sync(int descriptor) {
    const auto path = path_of(descriptor);
    if (!ignored.empty() && std::regex_search(path, ignored_paths)) return 0;
    Number until = 0;
    unsigned takes = 0;
    {
        std::lock_guard lock(mutex);
        until = last;
        takes = static_cast<unsigned>(pick(kLongestSync));
    }
    ::usleep(takes);  // what is written meanwhile is not covered
    std::lock_guard lock(mutex);
    struct stat status{};
    if (::fstat(descriptor, &status) != 0) return -1;
    if (S_ISDIR(status.st_mode))
        cover_names(path, until);
    else
        cover_file(descriptor, until);
    return 0;
}

void Disk::cover_names(const std::string& synced, Number until) {
    std::erase_if(names, [&](const Renamed& name) {
        const bool covered = name.number <= until && name.folder == synced;
        if (covered && !name.kept.empty()) remove_file(name.kept);
        return covered;
    });
}

void Disk::cover_file(int descriptor, Number until) {
    struct stat status{};
    ::fstat(descriptor, &status);
    const auto found = files.find({status.st_dev, status.st_ino});
    if (found == files.end()) return;
    auto& file = found->second;
    std::erase_if(file.sizes, [&](const Size& size) { return size.changed_by <= until; });
    for (auto& [at, versions] : file.blocks)
        std::erase_if(versions,
                      [&](const Version& version) { return version.overwritten_by <= until; });
    std::erase_if(file.blocks, [](const auto& block) { return block.second.empty(); });
    if (!file.blocks.empty() || !file.sizes.empty()) return;
    ::close(file.descriptor);
    files.erase(found);
}

// A folder's changes are written in their order, those of two folders in any.
std::size_t Disk::forget_names() {
    std::map<std::string, Number> survives;  // the last change of each folder that does
    if (keep_some)
        for (const auto& name : names)
            if (pick(2) == 0) survives[name.folder] = name.number;
    std::size_t forgotten = 0;
    for (auto name = names.rbegin(); name != names.rend(); ++name) {
        if (name->number <= survives[name->folder]) continue;
        name->undo();
        ++forgotten;
    }
    return forgotten;
}

std::size_t Disk::forget_blocks(Dirty& file) {
    std::size_t forgotten = 0;
    auto size = size_of(file.descriptor);
    if (!file.sizes.empty()) {
        const auto which = keep_some ? pick(file.sizes.size() + 1) : 0;
        if (which < file.sizes.size()) size = file.sizes[which].bytes;
    }
    for (auto& [at, versions] : file.blocks) {
        const auto which = keep_some ? pick(versions.size() + 1) : 0;
        if (which == versions.size()) continue;  // this one has reached the disk
        auto& bytes = versions[which].bytes;
        bytes.resize(kBlock);
        call(SYS_pwrite64, file.descriptor, bytes.data(), bytes.size(), at);
        ++forgotten;
    }
    call(SYS_ftruncate, file.descriptor, size);
    return forgotten;
}

void Disk::forget() {
    mutex.lock();  // and never unlocked: nothing changes any more
    std::size_t blocks = 0;
    for (auto& [id, file] : files)
        blocks += forget_blocks(file);
    const auto renamed = forget_names();
    std::vector<fs::path> shared;
    std::error_code ignored_error;
    for (fs::recursive_directory_iterator at(folder, ignored_error), end; at != end;
         at.increment(ignored_error))
        if (at->path().string().ends_with("-shm")) shared.push_back(at->path());
    for (const auto& path : shared)
        remove_file(path);
    fs::remove_all(removed_folder(), ignored_error);
    std::ofstream(folder + ".report", std::ios::app) << blocks << ' ' << renamed << std::endl;
}

void on_power_cut(int /*signal*/) {
    ::sem_post(&disk().power_cut);
}

__attribute__((constructor)) void begin() {
    if (disk().folder.empty()) return;
    std::error_code error;
    fs::remove_all(disk().removed_folder(), error);
    fs::create_directories(disk().removed_folder());
    ::sem_init(&disk().power_cut, 0, 0);
    struct sigaction action{};
    action.sa_handler = on_power_cut;
    action.sa_flags = SA_RESTART;
    ::sigaction(SIGUSR2, &action, nullptr);
    std::thread([] {
        while (::sem_wait(&disk().power_cut) != 0) {
        }
        disk().dark = true;
        disk().forget();
        ::_exit(137);
    }).detach();
}

int opened(int folder, const char* path, int flags, mode_t mode) {
    if ((flags & (O_CREAT | O_TRUNC)) == 0)
        return static_cast<int>(call(SYS_openat, folder, path, flags, mode));
    std::lock_guard lock(disk().mutex);
    const auto whole = absolute(path, folder);
    const bool is_new = disk().watches(whole) && !exists(whole);
    const int result = static_cast<int>(call(SYS_openat, folder, path, flags & ~O_TRUNC, mode));
    if (result < 0) return result;
    if (is_new) disk().note_name(whole, [whole] { remove_file(whole); });
    if ((flags & O_TRUNC) != 0 && size_of(result) > 0) {
        disk().before_truncation(result, 0);
        call(SYS_ftruncate, result, 0);
    }
    return result;
}

mode_t mode_of(int flags, va_list arguments) {
    const bool given = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
    return given ? va_arg(arguments, mode_t) : 0;
}

ssize_t written(int descriptor, const void* bytes, std::size_t size, off_t offset) {
    std::lock_guard lock(disk().mutex);
    if (!disk().before_write(descriptor, offset, size)) return -1;
    return call(SYS_pwrite64, descriptor, bytes, size, offset);
}

int truncated(int descriptor, off_t size) {
    std::lock_guard lock(disk().mutex);
    disk().before_truncation(descriptor, size);
    return static_cast<int>(call(SYS_ftruncate, descriptor, size));
}

int linked(int from_folder, const char* from, int to_folder, const char* to, int flags) {
    std::lock_guard lock(disk().mutex);
    const auto whole = absolute(to, to_folder);
    const auto result = static_cast<int>(call(SYS_linkat, from_folder, from, to_folder, to, flags));
    if (result == 0 && disk().watches(whole))
        disk().note_name(whole, [whole] { remove_file(whole); });
    return result;
}

int renamed(const char* from, const char* to) {
    std::lock_guard lock(disk().mutex);
    const auto source = absolute(from);
    const auto target = absolute(to);
    const bool watched = disk().watches(target);
    const auto kept = watched && exists(target) ? disk().put_aside(target) : std::string();
    const auto result = static_cast<int>(call(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
    if (result == 0 && watched)
        disk().note_name(
            target,
            [source, target, kept] {
                move(target, source);
                if (!kept.empty()) move(kept, target);
            },
            kept);
    return result;
}

int unlinked(const char* path) {
    std::lock_guard lock(disk().mutex);
    const auto whole = absolute(path);
    const bool watched = disk().watches(whole) && exists(whole);
    const auto kept = watched ? disk().put_aside(whole) : std::string();
    const auto result = static_cast<int>(call(SYS_unlinkat, AT_FDCWD, path, 0));
    if (result == 0 && watched) disk().note_name(whole, [whole, kept] { move(kept, whole); }, kept);
    return result;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const auto mode = mode_of(flags, arguments);
    va_end(arguments);
    return opened(AT_FDCWD, path, flags, mode);
}

int open64(const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const auto mode = mode_of(flags, arguments);
    va_end(arguments);
    return opened(AT_FDCWD, path, flags, mode);
}

int openat(int folder, const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const auto mode = mode_of(flags, arguments);
    va_end(arguments);
    return opened(folder, path, flags, mode);
}

ssize_t pwrite(int descriptor, const void* bytes, size_t size, off_t offset) {
    return written(descriptor, bytes, size, offset);
}
ssize_t pwrite64(int descriptor, const void* bytes, size_t size, off64_t offset) {
    return written(descriptor, bytes, size, offset);
}

ssize_t write(int descriptor, const void* bytes, size_t size) {
    std::lock_guard lock(disk().mutex);
    const bool append = (::fcntl(descriptor, F_GETFL) & O_APPEND) != 0;
    const auto offset = append ? size_of(descriptor) : ::lseek(descriptor, 0, SEEK_CUR);
    if (offset >= 0 && !disk().before_write(descriptor, offset, size)) return -1;
    return call(SYS_write, descriptor, bytes, size);
}

ssize_t sendmsg(int descriptor, const msghdr* message, int flags) {
    while (disk().dark)
        ::pause();
    return call(SYS_sendmsg, descriptor, message, flags);
}

int ftruncate(int descriptor, off_t size) noexcept {
    return truncated(descriptor, size);
}
int ftruncate64(int descriptor, off64_t size) noexcept {
    return truncated(descriptor, size);
}

int fsync(int descriptor) {
    return disk().sync(descriptor);
}
int fdatasync(int descriptor) {
    return disk().sync(descriptor);
}

int linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) noexcept {
    return linked(from_folder, from, to_folder, to, flags);
}
int link(const char* from, const char* to) noexcept {
    return linked(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int rename(const char* from, const char* to) noexcept {
    return renamed(from, to);
}

int unlink(const char* path) noexcept {
    return unlinked(path);
}

int remove(const char* path) noexcept {
    const auto result = unlinked(path);
    if (result == 0 || errno != EISDIR) return result;
    return static_cast<int>(call(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR));
}

int mkdir(const char* path, mode_t mode) noexcept {
    std::lock_guard lock(disk().mutex);
    const auto whole = absolute(path);
    const auto result = static_cast<int>(call(SYS_mkdirat, AT_FDCWD, path, mode));
    if (result == 0 && disk().watches(whole))
        disk().note_name(whole, [whole] {
            std::error_code ignored;
            fs::remove_all(whole, ignored);
        });
    return result;
}
}
