#pragma once

#include <cstddef>
#include <cstdint>

namespace handin::edlink::detail {

/// Runs ahead of the JSON parser, knowing only strings and brackets: it finds the brackets behind
/// which a list of bytes may begin, and remembers where tokens start so that an error is reported
/// at the same place however the body was cut into chunks (Boost's own positions are not). It
/// agrees with the parser about where strings end as long as the text before is valid JSON.
class Lexer {
 public:
    /// Advances from `p`, which is byte `offset` of the body. Stops after a bracket that opens,
    /// except inside the `skip` brackets that are open already; at `end`; or before a byte that
    /// breaks a UTF-8 sequence, which broken() then tells.
    const char* run(const char* p, const char* end, std::uint64_t offset, std::size_t skip);

    bool broken() const { return broken_; }

    /// Where an error found at byte `offset`, the next one to run over, is to be reported.
    std::uint64_t place(std::uint64_t offset) const;
    bool in_string() const { return in_string_; }
    std::uint64_t last_string() const { return string_; }

 private:
    const char* run_string(const char* p, const char* end);

    bool in_string_ = false;
    bool escaped_ = false;
    bool in_scalar_ = false;
    bool broken_ = false;
    int continuation_ = 0;      // bytes still to come of a UTF-8 sequence
    std::uint64_t string_ = 0;  // where the latest one starts
    std::uint64_t scalar_ = 0;
};

}  // namespace handin::edlink::detail
