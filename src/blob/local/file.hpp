// Every system call of the folder engine that makes, fills, syncs, names, reads or removes a file
// is made in file.cpp, where a preloaded shim or strace finds it. All of them block: sync pool
// only. Errors are std::system_error with the errno and no path in the message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

namespace handin::blob::local {

// An open descriptor; closing one of a large file without a name may take long.
class File {
 public:
    File() = default;
    explicit File(int descriptor) : descriptor_(descriptor) {}
    ~File();
    File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    File& operator=(File&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    explicit operator bool() const { return descriptor_ >= 0; }
    int get() const { return descriptor_; }

 private:
    int descriptor_ = -1;
};

// Makes the folder if it is missing; what is above it must exist.
void make_folder(const std::string& path);
File open_folder(const std::string& path);
// A file of no name on the file system of `folder`. It is gone when closed.
File open_unnamed(const std::string& folder);
// A file that must not have been there.
File open_new(const std::string& path);
// Made if it was not there; its bytes stay.
File open_to_append(const std::string& path);
File open_for_reading(const std::string& path);

std::uint64_t size_of(const File& file);
void expect_sequential_reads(const File& file);
// Bytes read: fewer than asked for only at the end of the file.
std::size_t read_at(const File& file, std::uint64_t offset, std::span<char> into);

void write_at(const File& file, std::uint64_t offset, std::span<const std::uint8_t> bytes);
// Starts the writing of dirty pages, without waiting for it.
void start_write_back(const File& file, std::uint64_t offset, std::uint64_t length);
// Waits until those pages are written. Is no sync: metadata and the drive's cache are not covered.
void await_write_back(const File& file, std::uint64_t offset, std::uint64_t length);

// Takes those pages, which are written, out of the system's cache.
void drop_from_cache(const File& file, std::uint64_t offset, std::uint64_t length);

void truncate(const File& file, std::uint64_t length);

void sync_data(const File& file);
void sync_folder(const File& folder);

// Gives the file a name in `folder`, which must not have it yet (EEXIST).
void link_unnamed(const File& file, const File& folder, const std::string& name);
void link_path(const std::string& path, const File& folder, const std::string& name);
// False if there is none. Takes the place of what is at `to`, and is atomic.
bool rename_if_there(const std::string& from, const std::string& to);
// Does nothing if there is none.
void unlink_if_there(const std::string& path);

}  // namespace handin::blob::local
