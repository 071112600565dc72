#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "api/edlink/body/submit_body.hpp"

namespace handin::edlink::detail {

/// The bytes decoded out of one chunk, in one buffer that is reused for every chunk.
///
/// It never grows while it is filled (pieces point into it): JSON is never shorter than what it
/// stands for, so a chunk yields at most its own size plus what the parser had half-read before.
class Output {
 public:
    /// The longest text a decoder holds back between chunks is "\ud83d\ude0", 11 bytes for 4.
    static constexpr std::size_t slack = 16;

    void start(std::size_t chunk_size) {
        pieces_.clear();
        used_ = 0;
        if (chunk_size + slack > capacity_) {
            buffer_.reset();  // first, so that the old and the new one never add up
            buffer_ = std::make_unique_for_overwrite<char[]>(chunk_size + slack);
            capacity_ = chunk_size + slack;
        }
    }

    void drop() {
        pieces_.clear();
        used_ = 0;
    }

    void append(std::size_t attachment, Piece::Of of, std::string_view bytes) {
        if (bytes.empty()) return;
        std::memcpy(room(bytes.size()), bytes.data(), bytes.size());
        commit(attachment, of, bytes.size());
    }

    /// Where to write at most `size` bytes before commit().
    char* room(std::size_t size) {
        if (size > capacity_ - used_) throw std::logic_error("edlink body: output overrun");
        return buffer_.get() + used_;
    }

    void commit(std::size_t attachment, Piece::Of of, std::size_t size) {
        if (size == 0) return;
        const char* begin = buffer_.get() + used_;
        used_ += size;
        if (!pieces_.empty() && pieces_.back().attachment == attachment &&
            pieces_.back().of == of) {
            Piece& last = pieces_.back();
            last.bytes = {last.bytes.data(), last.bytes.size() + size};
        } else {
            pieces_.push_back({attachment, of, {begin, size}});
        }
    }

    std::span<const Piece> pieces() const { return pieces_; }

 private:
    std::unique_ptr<char[]> buffer_;
    std::size_t capacity_ = 0;
    std::size_t used_ = 0;
    std::vector<Piece> pieces_;
};

}  // namespace handin::edlink::detail
