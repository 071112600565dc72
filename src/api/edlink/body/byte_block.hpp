#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace handin::edlink::detail {

static_assert(std::endian::native == std::endian::little, "digits are loaded little-endian");

// "7" -> 0x07000000, "42" -> 0x02040000, "255" -> 0x05050200: the digits of the first `length`
// (0 to 3) characters of `text` as numbers, right-aligned in memory order, zeros in front.
inline std::uint32_t align_digits(std::uint32_t text, unsigned length) {
    return static_cast<std::uint32_t>((std::uint64_t{text ^ 0x30303030U} << 32U) >> (8 * length));
}

inline unsigned value_of(std::uint32_t aligned) {
    return (aligned >> 8U & 0xffU) * 100 + (aligned >> 16U & 0xffU) * 10 + (aligned >> 24U);
}

inline std::uint32_t load4(const char* p) {
    std::uint32_t v;
    std::memcpy(&v, p, sizeof v);
    return v;
}

/// 64 characters of a number list in its common forms "1,23,255," and "1, 23, 255, ", as one bit
/// a character: the grammar is checked for all of them at once, without a branch on the text.
class ByteBlock {
 public:
    static constexpr std::ptrdiff_t size = 64;
    /// Characters that must be readable: decode() loads four from where the last number starts.
    static constexpr std::ptrdiff_t readable = size + 4;
    /// Values that decode() may write: each takes a digit and a comma.
    static constexpr std::size_t most = size / 2;

    /// `p` is where a number starts, perhaps after one space.
    explicit ByteBlock(const char* p) : p_(p) {
        Characters text;
        std::memcpy(&text, p, sizeof text);
        const auto value = __builtin_convertvector(text, Unsigned) - '0';
        const std::uint64_t digits = bits(value <= 9);
        const std::uint64_t zeros = bits(value == 0);
        const std::uint64_t spaces = bits(text == ' ');
        commas_ = bits(text == ',');
        const std::uint64_t after_comma = commas_ << 1U | 1U;
        const std::uint64_t bad =
            ~(digits | spaces | commas_) | (spaces & ~after_comma) |  // alien; space elsewhere
            (commas_ & (after_comma | spaces << 1U)) |                // nothing before a comma
            (zeros & ~(digits << 1U) & digits >> 1U) |                // 01
            (digits & digits >> 1U & digits >> 2U & digits >> 3U);    // 1000
        common_ = bad == 0;
    }

    struct Decoded {
        std::ptrdiff_t characters;  // up to behind the last comma; 0: not the common form
        std::size_t values;
    };

    /// The numbers that have their comma in the block.
    Decoded decode(char* out) const {
        if (!common_) return {0, 0};
        std::uint64_t commas = commas_;
        std::size_t n = 0;
        unsigned start = 0;
        unsigned too_big = 0;
        while (commas != 0) {
            const auto comma = static_cast<unsigned>(std::countr_zero(commas));
            commas &= commas - 1;
            start += p_[start] == ' ' ? 1U : 0U;
            const unsigned value = value_of(align_digits(load4(p_ + start), comma - start));
            too_big |= 255U - value;  // wraps
            out[n++] = static_cast<char>(value);
            start = comma + 1;
        }
        if (too_big > 255U) return {0, 0};
        return {start, n};
    }

 private:
    // Clang's vectors: SSE2 on every x86-64, NEON on ARM, with no source of our own for each.
    using Characters = char __attribute__((ext_vector_type(64)));
    using Unsigned = unsigned char __attribute__((ext_vector_type(64)));
    using Bits = bool __attribute__((ext_vector_type(64)));

    template <typename Mask>
    static std::uint64_t bits(const Mask& mask) {
        return __builtin_bit_cast(std::uint64_t, __builtin_convertvector(mask, Bits));
    }

    const char* p_;
    std::uint64_t commas_ = 0;
    bool common_ = false;
};

}  // namespace handin::edlink::detail
