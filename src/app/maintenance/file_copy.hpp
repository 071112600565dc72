// Copies of files that are known to be right. All block, and throw std::system_error.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <set>
#include <span>

#include "base/hash.hpp"

namespace handin::app {

struct Content {
    std::uint64_t size = 0;  // bytes
    Digest256 sha256{};

    bool operator==(const Content&) const = default;
};

Content content_of(const std::filesystem::path& file);

// Of bytes that come in pieces.
class Hashing {
 public:
    void add(std::span<const std::uint8_t> bytes) {
        hash_.update(bytes);
        size_ += bytes.size();
    }
    std::uint64_t size() const { return size_; }
    Content content() { return {.size = size_, .sha256 = hash_.finish()}; }  // once

 private:
    Sha256 hash_;
    std::uint64_t size_ = 0;
};

// Makes folders and files that are durable once sync() has returned.
class Copier {
 public:
    // And the folders above it.
    void make_folder(const std::filesystem::path& folder);
    // Copies, hashes what was read, and syncs. `to` must not be there.
    Content copy(const std::filesystem::path& from, const std::filesystem::path& to);
    // The same of bytes that `source` hands to what it is called with.
    using Take = std::function<void(std::span<const std::uint8_t>)>;
    Content write(const std::filesystem::path& to, const std::function<void(const Take&)>& source);
    // Gives the file a second name; false if the file system cannot (another disk, say).
    bool link(const std::filesystem::path& from, const std::filesystem::path& to);
    // Makes the names durable.
    void sync();

 private:
    std::set<std::filesystem::path> folders_;
};

}  // namespace handin::app
