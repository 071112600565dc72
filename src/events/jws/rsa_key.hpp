// An RSA key that signs messages (RS256), and what others need to check them (RFC 7517).
#pragma once

#include <memory>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace handin::events {

class RsaKey {
 public:
    static RsaKey generate();  // 2048 bits; takes a tenth of a second and more
    // Throws std::runtime_error if it is none.
    static RsaKey from_pem(std::string_view text);

    std::string pem() const;
    // RFC 7638: derived from the key.
    const std::string& id() const { return id_; }
    // {"alg":"RS256","e":…,"kid":…,"kty":"RSA","n":…,"use":"sig"}
    std::string jwk() const;
    // PKCS #1 1.5 over SHA-256: the same bytes have the same signature.
    std::string sign(std::string_view bytes) const;

 private:
    struct Free {
        void operator()(evp_pkey_st* key) const;
    };
    using Handle = std::unique_ptr<evp_pkey_st, Free>;
    explicit RsaKey(Handle key);

    Handle key_;
    std::string n_, e_, id_;
};

// The compact serialization of RFC 7515: {"alg":"RS256","kid":…} . payload . signature
std::string jws(const RsaKey& key, std::string_view payload);

}  // namespace handin::events
