// Ed25519 keys (RFC 8032) as files and as JSON Web Keys (RFC 7517, RFC 8037).
#pragma once

#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/receipt.hpp"

struct evp_pkey_st;

namespace handin::receipt {

using domain::SigningPublicKey;

// A private key. Throws std::runtime_error where OpenSSL cannot do what is asked.
class SigningKey {
 public:
    static SigningKey generate();
    // PKCS #8, not encrypted. Throws with a sentence for the operator.
    static SigningKey from_pem(std::string_view text);

    std::string pem() const;
    const SigningPublicKey& public_key() const { return public_key_; }
    domain::BatchSignature sign(std::string_view bytes) const;

 private:
    struct Free {
        void operator()(evp_pkey_st* key) const;
    };
    using Handle = std::unique_ptr<evp_pkey_st, Free>;

    explicit SigningKey(Handle key);

    Handle key_;
    SigningPublicKey public_key_{};
};

bool verify(const SigningPublicKey& key, const domain::BatchSignature& signature,
            std::string_view bytes);

// {"crv":"Ed25519","kty":"OKP","x":"…"}
std::string jwk(const SigningPublicKey& key);
// Its RFC 7638 thumbprint: the name of the key.
std::string key_id(const SigningPublicKey& key);

// {"keys":[…]}, each with alg, kid and use.
std::string jwks(std::span<const SigningPublicKey> keys);
// The Ed25519 keys of a key set; others are passed over, as RFC 7517 5 wants it. An error is a
// sentence.
std::expected<std::vector<SigningPublicKey>, std::string> parse_jwks(std::string_view text);

}  // namespace handin::receipt
