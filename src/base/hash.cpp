#include "base/hash.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <new>

namespace handin {
namespace {

// Fetched once: an implicit fetch at each init costs more than hashing a small file.
const EVP_MD* algorithm_sha256() {
    static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return algorithm;
}
const EVP_MD* algorithm_sha1() {
    static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA1", nullptr);
    return algorithm;
}

evp_md_ctx_st* started(const EVP_MD* algorithm) {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    if (context == nullptr || EVP_DigestInit_ex(context, algorithm, nullptr) != 1) {
        EVP_MD_CTX_free(context);
        throw std::bad_alloc();
    }
    return context;
}

// Unnoticed, a failure would leave a digest of zeros, the same for all.
void must(int outcome) {
    if (outcome != 1) throw std::bad_alloc();
}

}  // namespace

void FileHash::Free::operator()(evp_md_ctx_st* context) const {
    EVP_MD_CTX_free(context);
}

FileHash::FileHash() : sha256_(started(algorithm_sha256())), sha1_(started(algorithm_sha1())) {}

FileHash FileHash::copy() const {
    FileHash other;
    must(EVP_MD_CTX_copy_ex(other.sha256_.get(), sha256_.get()));
    must(EVP_MD_CTX_copy_ex(other.sha1_.get(), sha1_.get()));
    return other;
}

void FileHash::update(std::span<const std::uint8_t> bytes) {
    must(EVP_DigestUpdate(sha256_.get(), bytes.data(), bytes.size()));
    must(EVP_DigestUpdate(sha1_.get(), bytes.data(), bytes.size()));
}

FileHash::Digests FileHash::finish() {
    Digests digests{};
    must(EVP_DigestFinal_ex(sha256_.get(), digests.sha256.data(), nullptr));
    must(EVP_DigestFinal_ex(sha1_.get(), digests.sha1.data(), nullptr));
    return digests;
}

namespace {

const EVP_MD* algorithm_of(Checksum::Algorithm algorithm) {
    switch (algorithm) {
        case Checksum::Algorithm::md5:
            return EVP_md5();
        case Checksum::Algorithm::sha1:
            return algorithm_sha1();
        case Checksum::Algorithm::sha256:
            break;
    }
    return algorithm_sha256();
}

}  // namespace

Checksum::Checksum(Algorithm algorithm) : context_(started(algorithm_of(algorithm))) {}

void Checksum::update(std::span<const std::uint8_t> bytes) {
    must(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
}

std::string Checksum::finish() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    must(EVP_DigestFinal_ex(context_.get(), digest.data(), &length));
    return {digest.begin(), digest.begin() + length};
}

Sha256::Sha256() : context_(started(algorithm_sha256())) {}

Sha256 Sha256::copy() const {
    Sha256 other;
    must(EVP_MD_CTX_copy_ex(other.context_.get(), context_.get()));
    return other;
}

void Sha256::update(std::span<const std::uint8_t> bytes) {
    must(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
}

Digest256 Sha256::finish() {
    Digest256 digest{};
    must(EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr));
    return digest;
}

Digest256 sha256(std::string_view text) {
    Digest256 digest{};
    must(EVP_Digest(text.data(), text.size(), digest.data(), nullptr, algorithm_sha256(), nullptr));
    return digest;
}

Digest256 sha256_joined(std::initializer_list<std::string_view> parts) {
    struct Context {
        EVP_MD_CTX* context = EVP_MD_CTX_new();
        ~Context() { EVP_MD_CTX_free(context); }
    };
    thread_local const Context kept;  // making one costs as much as hashing a short text
    must(EVP_DigestInit_ex(kept.context, algorithm_sha256(), nullptr));
    for (const auto part : parts)
        must(EVP_DigestUpdate(kept.context, part.data(), part.size()));
    Digest256 digest{};
    must(EVP_DigestFinal_ex(kept.context, digest.data(), nullptr));
    return digest;
}

Digest256 hmac_sha256(std::string_view key, std::string_view text) {
    Digest256 digest{};
    unsigned length = 0;
    // A null key, which is what an empty view may have, fails; unnoticed, that would be a signature
    // of zeros that everybody can make.
    const char* const bytes = key.empty() ? "" : key.data();
    if (HMAC(EVP_sha256(), bytes, static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(),
             &length) == nullptr)
        throw std::bad_alloc();
    return digest;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace handin
