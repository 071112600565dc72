#include "api/edlink/body/byte_list.hpp"

#include <array>
#include <bit>
#include <cstring>

#include "api/edlink/body/byte_block.hpp"

namespace handin::edlink::detail {
namespace {

constexpr unsigned max_byte = 255;
constexpr unsigned max_key_digits = 8;

constexpr bool is_space(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}
constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::uint64_t load8(const char* p) {
    std::uint64_t v;
    std::memcpy(&v, p, sizeof v);
    return v;
}

struct Number {
    unsigned digits;  // 0: not the common form, let step() look at it
    unsigned value;
};

// One to three digits and a comma out of the next four characters, without a branch on how many
// digits there are: on random bytes that branch is mispredicted every third time.
inline Number number_before_comma(std::uint32_t text) {
    constexpr std::array<unsigned, 5> smallest{max_byte + 1, 0, 10, 100, max_byte + 1};
    const std::uint32_t commas = text ^ 0x2c2c2c2cU;
    // The lowest set bit is in the first comma's byte (exact there; higher bytes may lie).
    const std::uint32_t found = (commas - 0x01010101U) & ~commas & 0x80808080U;
    const unsigned bit = static_cast<unsigned>(std::countr_zero(found));  // 7, 15, 23, 31; none: 32
    const unsigned digits = bit / 8;
    const std::uint32_t aligned = align_digits(text, digits);
    const unsigned value = value_of(aligned);
    const bool not_digits = (((aligned + 0x76767676U) | aligned) & 0x80808080U) != 0;
    const bool bad = not_digits | (value > max_byte) | (value < smallest[digits]);
    return {bad ? 0 : digits, value};
}

}  // namespace

void ByteList::open(Form form) {
    form_ = form;
    state_ = form == Form::array ? State::first : State::key;
    count_ = 0;
    key_ = '0';
    key_length_ = 1;
    key_read_ = 0;
}

ByteList::Result ByteList::scan(std::string_view text, char* const out) {
    const char* p = text.data();
    const char* const end = p + text.size();
    char* to = out;
    End result = End::more;
    while (p != end) {
        if (state_ == State::value && form_ == Form::array) p = fast_array(p, end, to);
        if (state_ == State::key_open) p = fast_object(p, end, to);
        if (p == end) break;
        result = step(*p, to);
        if (result != End::more) break;
        ++p;
    }
    return {result, static_cast<std::size_t>(p - text.data()), static_cast<std::size_t>(to - out)};
}

// The grammar, one character at a time; the fast loops only run ahead of it.
ByteList::End ByteList::step(char c, char*& out) {
    const char close = form_ == Form::array ? ']' : '}';
    switch (state_) {
        case State::first:
            if (c == close) return End::closed;
            [[fallthrough]];
        case State::value:
            if (is_space(c)) return End::more;
            if (!is_digit(c)) return End::invalid;
            value_ = static_cast<unsigned>(c - '0');
            state_ = State::digits;
            return End::more;
        case State::digits:
            if (is_digit(c)) {
                const unsigned longer = value_ * 10 + static_cast<unsigned>(c - '0');
                if (value_ == 0 || longer > max_byte) return End::invalid;  // 0 before a digit: 01
                value_ = longer;
                return End::more;
            }
            if (c != ',' && c != close && !is_space(c)) return End::invalid;
            *out++ = static_cast<char>(value_);
            ++count_;
            if (form_ == Form::object) next_key();
            state_ = State::after;
            [[fallthrough]];
        case State::after:
            if (is_space(c)) return End::more;
            if (c == close) return End::closed;
            if (c != ',') return End::invalid;
            state_ = form_ == Form::array ? State::value : State::key_open;
            return End::more;
        case State::key_open:
            if (is_space(c)) return End::more;
            if (c != '"' || key_length_ > max_key_digits) return End::invalid;
            key_read_ = 0;
            state_ = State::key;
            return End::more;
        case State::key:
            if (key_read_ == key_length_) {
                if (c != '"') return End::invalid;
                state_ = State::colon;
                return End::more;
            }
            if (c != static_cast<char>(key_ >> (8 * key_read_) & 0xffU)) return End::invalid;
            ++key_read_;
            return End::more;
        case State::colon:
            if (is_space(c)) return End::more;
            if (c != ':') return End::invalid;
            state_ = State::value;
            return End::more;
    }
    return End::invalid;
}

// From the start of a value to the start of a later one.
const char* ByteList::fast_array(const char* p, const char* end, char*& out) {
    char* to = out;
    while (end - p >= ByteBlock::readable) {
        const auto [characters, values] = ByteBlock(p).decode(to);
        if (characters == 0) break;
        p += characters;
        to += values;
    }
    while (end - p >= 4) {
        const Number number = number_before_comma(load4(p));
        if (number.digits == 0) break;
        *to++ = static_cast<char>(number.value);
        p += number.digits + 1;
        while (p != end && is_space(*p))
            ++p;
    }
    count_ += static_cast<std::uint64_t>(to - out);
    out = to;
    return p;
}

// From before the quote of a key to before the quote of a later one.
const char* ByteList::fast_object(const char* p, const char* end, char*& out) {
    while (end - p >= 16 && key_length_ <= 7) {
        const std::uint64_t quoted = (key_ << 8U) | '"';  // the quote and up to seven digits
        const std::uint64_t mask = ~std::uint64_t{0} >> (56 - 8 * key_length_);
        if ((load8(p) & mask) != quoted) break;
        const char* const after = p + 1 + key_length_;
        if (after[0] != '"' || after[1] != ':') break;
        const Number number = number_before_comma(load4(after + 2));
        if (number.digits == 0) break;
        *out++ = static_cast<char>(number.value);
        ++count_;
        next_key();
        p = after + 2 + number.digits + 1;
    }
    return p;
}

void ByteList::next_key() {
    unsigned at = key_length_;
    while (at > 0) {
        --at;
        const unsigned shift = 8 * at;
        if ((key_ >> shift & 0xffU) != '9') {
            key_ += std::uint64_t{1} << shift;
            return;
        }
        key_ -= std::uint64_t{'9' - '0'} << shift;
    }
    if (key_length_ < max_key_digits) key_ = (key_ << 8U) | '1';  // 999 -> 1000
    ++key_length_;
}

std::string_view ByteList::expected() const {
    switch (state_) {
        case State::first:
        case State::value:
        case State::digits:
            return "expected an integer from 0 to 255";
        case State::after:
            return form_ == Form::array ? "expected ',' or ']'" : "expected ',' or '}'";
        case State::colon:
            return "expected ':'";
        case State::key_open:
        case State::key:
            break;
    }
    return "expected the keys \"0\", \"1\", \"2\", ... in this order";
}

}  // namespace handin::edlink::detail
