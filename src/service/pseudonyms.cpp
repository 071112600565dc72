#include "service/pseudonyms.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "base/hash.hpp"

namespace handin::service {
namespace {

bool is_derived(const Uuid& id) {
    return (id.bytes[6] & 0xf0U) == 0x50U && (id.bytes[8] & 0xc0U) == 0x80U;
}

}  // namespace

Pseudonyms::Pseudonyms(std::string_view secret) {
    const auto digest = hmac_sha256(secret, "pseudonyms of submissions");
    std::copy_n(digest.begin(), key_.size(), key_.begin());
}

Uuid Pseudonyms::of(const Uuid& submission_id) const {
    return walk(submission_id, true);
}

Uuid Pseudonyms::undone(const Uuid& pseudonym) const {
    return walk(pseudonym, false);
}

// An id is one block of AES. One block in 64 has the bits of a version 5: until then it is
// enciphered again, which is undone by the same number of steps.
Uuid Pseudonyms::walk(Uuid id, bool forth) const {
    if (!is_derived(id)) return Uuid{};
    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(
        EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    if (!context || EVP_CipherInit_ex(context.get(), EVP_aes_128_ecb(), nullptr, key_.data(),
                                      nullptr, forth ? 1 : 0) != 1)
        throw std::runtime_error("AES is not to be had");
    EVP_CIPHER_CTX_set_padding(context.get(), 0);
    do {
        int size = 0;
        auto next = id;
        if (EVP_CipherUpdate(context.get(), next.bytes.data(), &size, id.bytes.data(),
                             static_cast<int>(id.bytes.size())) != 1)
            throw std::runtime_error("AES fails");
        id = next;
    } while (!is_derived(id));
    return id;
}

}  // namespace handin::service
