#include "blob/local/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace handin::blob::local {
namespace {

// Coursework is nobody's business but the server's.
constexpr mode_t kFileMode = 0600;
constexpr mode_t kFolderMode = 0700;

[[noreturn]] void fail(const char* doing, int error = errno) {
    throw std::system_error(error, std::generic_category(), doing);
}

// Makes a call again as long as a signal interrupts it.
template <class Call>
auto unless_interrupted(const char* doing, Call call) {
    for (;;) {
        const auto result = call();
        if (result >= 0) return result;
        if (errno != EINTR) fail(doing);
    }
}

File opened(const char* doing, const std::string& path, int flags) {
    return File(unless_interrupted(
        doing, [&] { return ::open(path.c_str(), flags | O_CLOEXEC, kFileMode); }));
}

// Early write-back is a courtesy, the sync at the end is what counts; but an error that it
// reports for lost bytes is reported once only, so it must not be passed over.
void write_back(const File& file, std::uint64_t offset, std::uint64_t length, unsigned flags) {
    if (::sync_file_range(file.get(), static_cast<off_t>(offset), static_cast<off_t>(length),
                          flags) == 0)
        return;
    if (errno == EIO || errno == ENOSPC || errno == EDQUOT) fail("writing file bytes back");
}

}  // namespace

File::~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

void make_folder(const std::string& path) {
    if (::mkdir(path.c_str(), kFolderMode) != 0 && errno != EEXIST) fail("making a blob folder");
}

File open_folder(const std::string& path) {
    return opened("opening a blob folder", path, O_RDONLY | O_DIRECTORY);
}

File open_unnamed(const std::string& folder) {
    return opened("staging file bytes", folder, O_TMPFILE | O_WRONLY);
}

File open_new(const std::string& path) {
    return opened("staging file bytes", path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW);
}

File open_to_append(const std::string& path) {
    return opened("opening a partial file", path, O_CREAT | O_WRONLY | O_NOFOLLOW);
}

File open_for_reading(const std::string& path) {
    return opened("opening file bytes", path, O_RDONLY | O_NOFOLLOW);
}

std::uint64_t size_of(const File& file) {
    struct stat status{};
    if (::fstat(file.get(), &status) != 0) fail("opening file bytes");
    return static_cast<std::uint64_t>(status.st_size);
}

void expect_sequential_reads(const File& file) {
    ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_SEQUENTIAL);  // an advice: failing is no error
}

std::size_t read_at(const File& file, std::uint64_t offset, std::span<char> into) {
    std::size_t done = 0;
    while (done < into.size()) {
        const auto got = unless_interrupted("reading file bytes", [&] {
            return ::pread(file.get(), into.data() + done, into.size() - done,
                           static_cast<off_t>(offset + done));
        });
        if (got == 0) break;
        done += static_cast<std::size_t>(got);
    }
    return done;
}

void write_at(const File& file, std::uint64_t offset, std::span<const std::uint8_t> bytes) {
    while (!bytes.empty()) {
        const auto put = unless_interrupted("writing file bytes", [&] {
            return ::pwrite(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
        });
        if (put == 0) fail("writing file bytes", EIO);
        offset += static_cast<std::uint64_t>(put);
        bytes = bytes.subspan(static_cast<std::size_t>(put));
    }
}

void start_write_back(const File& file, std::uint64_t offset, std::uint64_t length) {
    write_back(file, offset, length, SYNC_FILE_RANGE_WRITE);
}

void await_write_back(const File& file, std::uint64_t offset, std::uint64_t length) {
    write_back(file, offset, length,
               SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER);
}

void drop_from_cache(const File& file, std::uint64_t offset, std::uint64_t length) {
    ::posix_fadvise(file.get(), static_cast<off_t>(offset), static_cast<off_t>(length),
                    POSIX_FADV_DONTNEED);  // an advice: failing is no error
}

void truncate(const File& file, std::uint64_t length) {
    unless_interrupted("cutting a partial file",
                       [&] { return ::ftruncate(file.get(), static_cast<off_t>(length)); });
}

void sync_data(const File& file) {
    unless_interrupted("syncing file bytes", [&] { return ::fdatasync(file.get()); });
}

void sync_folder(const File& folder) {
    unless_interrupted("syncing a blob folder", [&] { return ::fsync(folder.get()); });
}

void link_unnamed(const File& file, const File& folder, const std::string& name) {
    // By way of /proc, for AT_EMPTY_PATH needs a privilege.
    const auto path = "/proc/self/fd/" + std::to_string(file.get());
    if (::linkat(AT_FDCWD, path.c_str(), folder.get(), name.c_str(), AT_SYMLINK_FOLLOW) != 0)
        fail("naming file bytes");
}

void link_path(const std::string& path, const File& folder, const std::string& name) {
    if (::linkat(AT_FDCWD, path.c_str(), folder.get(), name.c_str(), 0) != 0)
        fail("naming file bytes");
}

bool rename_if_there(const std::string& from, const std::string& to) {
    if (::rename(from.c_str(), to.c_str()) == 0) return true;
    if (errno != ENOENT) fail("renaming file bytes");
    return false;
}

void unlink_if_there(const std::string& path) {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) fail("removing file bytes");
}

}  // namespace handin::blob::local
