#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace handin::edlink::detail {

/// Scanner for the inside of [1,2,3] and {"0":1,"1":2,"2":3}: the two ways in which a list of bytes
/// arrives (edlink.md 5). This is the hot path of the whole server, hence not left to a general
/// JSON parser. It can stop after any character and go on with the next chunk.
class ByteList {
 public:
    enum class Form : std::uint8_t { array, object };
    enum class End : std::uint8_t { more, closed, invalid };

    struct Result {
        End end;
        std::size_t consumed;  // closed: up to the bracket; invalid: up to the offending character
        std::size_t written;
    };

    /// Starts a list, right after its opening bracket; for an object, right after the quote of its
    /// first key.
    void open(Form form);

    /// Decodes `text` into `out`, which has room for text.size() / 2 + 1 bytes.
    Result scan(std::string_view text, char* out);

    /// Values decoded so far: after `invalid`, the index of the offending one.
    std::uint64_t count() const { return count_; }

    /// After `invalid`: what should have been there, for a message.
    std::string_view expected() const;

 private:
    enum class State : std::uint8_t { first, value, digits, after, key_open, key, colon };

    End step(char c, char*& out);
    const char* fast_array(const char* p, const char* end, char*& out);
    const char* fast_object(const char* p, const char* end, char*& out);
    void next_key();

    State state_ = State::first;
    Form form_ = Form::array;
    unsigned value_ = 0;
    std::uint64_t count_ = 0;
    // The key that must come next, in decimal, first digit in the lowest byte. Eight digits are
    // enough for any body below 1 GB; a longer list is refused.
    std::uint64_t key_ = 0;
    unsigned key_length_ = 0;
    unsigned key_read_ = 0;
};

}  // namespace handin::edlink::detail
