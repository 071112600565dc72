// Incremental hashes over OpenSSL.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace handin {

using Digest256 = std::array<std::uint8_t, 32>;
using Digest160 = std::array<std::uint8_t, 20>;

// SHA-256 and SHA-1 of the same bytes in one pass: the first is what receipts and integrity checks
// use, the second what Tabula shows (tabula.md 3.1).
class FileHash {
 public:
    FileHash();
    FileHash copy() const;  // goes on by itself from here
    void update(std::span<const std::uint8_t> bytes);
    struct Digests {
        Digest256 sha256;
        Digest160 sha1;
    };
    Digests finish();  // once; the object is spent afterwards

    struct Free {
        void operator()(evp_md_ctx_st* context) const;
    };
    using Context = std::unique_ptr<evp_md_ctx_st, Free>;

 private:
    Context sha256_, sha1_;
};

// One digest of a stream, by the algorithm that a client has chosen for its checksum.
class Checksum {
 public:
    enum class Algorithm : std::uint8_t { md5, sha1, sha256 };

    explicit Checksum(Algorithm algorithm);
    void update(std::span<const std::uint8_t> bytes);
    std::string finish();  // its bytes; once

 private:
    FileHash::Context context_;
};

// SHA-256 of bytes that come in pieces.
class Sha256 {
 public:
    Sha256();
    Sha256 copy() const;  // goes on by itself from here
    void update(std::span<const std::uint8_t> bytes);
    Digest256 finish();  // once; the object is spent afterwards

 private:
    FileHash::Context context_;
};

Digest256 sha256(std::string_view text);
// Of the parts as if they were one text.
Digest256 sha256_joined(std::initializer_list<std::string_view> parts);
Digest256 hmac_sha256(std::string_view key, std::string_view text);

// Compares without telling by its duration where the first difference is.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace handin
