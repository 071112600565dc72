#include "blob/s3/spool.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "base/encoding.hpp"

namespace handin::blob::s3 {
namespace {

constexpr std::size_t kReadBytes = kStageBytes;

[[noreturn]] void fail() {
    throw std::system_error(errno, std::generic_category(), "spooling file bytes");
}

int nameless_file(const std::string& folder) {
    const int file = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT)) return file;
    auto path = folder + "/spool-XXXXXX";  // a file system without O_TMPFILE
    const int named = ::mkostemp(path.data(), O_CLOEXEC);
    if (named >= 0) ::unlink(path.c_str());
    return named;
}

}  // namespace

std::string TextPayload::sha256() const {
    return hex(handin::sha256(text_));
}

Spool::~Spool() {
    if (file_ < 0) return;
    pool_.post([file = file_] { ::close(file); });  // frees blocks
}

task<void> Spool::append(std::span<const std::uint8_t> bytes) {
    hash_.update(bytes);
    while (!bytes.empty()) {
        const auto head = bytes.first(std::min(bytes.size(), kStageBytes - buffer_.size()));
        buffer_.insert(buffer_.end(), head.begin(), head.end());
        bytes = bytes.subspan(head.size());
        if (buffer_.size() < kStageBytes) break;
        co_await pool_.run([this] { write_buffer(); });
    }
}

void Spool::write_buffer() {
    if (file_ < 0) file_ = nameless_file(folder_);
    if (file_ < 0) fail();
    for (std::size_t done = 0; done < buffer_.size();) {
        const auto put = ::pwrite(file_, buffer_.data() + done, buffer_.size() - done,
                                  static_cast<off_t>(written_ + done));
        if (put < 0 && errno != EINTR) fail();
        if (put > 0) done += static_cast<std::size_t>(put);
    }
    written_ += buffer_.size();
    buffer_.clear();
}

std::string Spool::sha256() const {
    return hex(hash_.copy().finish());
}

task<std::string_view> Spool::read(std::uint64_t offset) {
    if (offset >= written_) {
        const auto skip = static_cast<std::size_t>(offset - written_);
        co_return std::string_view(reinterpret_cast<const char*>(buffer_.data()), buffer_.size())
            .substr(std::min(skip, buffer_.size()));
    }
    co_await pool_.run([this, offset] { fill(offset); });
    co_return piece_;
}

void Spool::fill(std::uint64_t offset) {
    piece_.resize(std::min<std::uint64_t>(kReadBytes, written_ - offset));
    for (std::size_t done = 0; done < piece_.size();) {
        const auto got = ::pread(file_, piece_.data() + done, piece_.size() - done,
                                 static_cast<off_t>(offset + done));
        if (got == 0) errno = EIO;
        if (got == 0 || (got < 0 && errno != EINTR)) fail();
        if (got > 0) done += static_cast<std::size_t>(got);
    }
}

}  // namespace handin::blob::s3
