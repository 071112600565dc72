#include "blob/local/local_reader.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace handin::blob::local {
namespace {

// Large enough that the hop to the pool does not show, small enough for many readers at once.
constexpr std::uint64_t kReadBytes = std::uint64_t{256} * 1024;

}  // namespace

LocalReader::LocalReader(Pool& pool, const std::string& path, std::uint64_t offset,
                         std::uint64_t length)
    : pool_(pool), file_(open_for_reading(path)), offset_(offset) {
    const auto size = size_of(file_);
    left_ = offset < size ? std::min(length, size - offset) : 0;
    if (left_ > kReadBytes) expect_sequential_reads(file_);
    fill();
}

// Closing may free the blocks of a file that was removed meanwhile, which takes a while.
LocalReader::~LocalReader() {
    if (file_) pool_.post([file = std::move(file_)] {});
}

task<std::string_view> LocalReader::next() {
    if (!fresh_) {
        if (left_ == 0) co_return std::string_view();
        co_await pool_.run([this] { fill(); });
    }
    fresh_ = false;
    co_return piece_;
}

void LocalReader::fill() {
    piece_.resize(std::min(left_, kReadBytes));
    if (read_at(file_, offset_, piece_) < piece_.size())
        throw std::system_error(EIO, std::generic_category(), "reading file bytes");
    offset_ += piece_.size();
    left_ -= piece_.size();
    if (left_ == 0) file_ = File();
}

}  // namespace handin::blob::local
