#include "events/jws/rsa_key.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <stdexcept>
#include <vector>

#include "base/encoding.hpp"
#include "base/hash.hpp"
#include "base/json_writer.hpp"

namespace handin::events {
namespace {

using Context = std::unique_ptr<EVP_MD_CTX, decltype([](EVP_MD_CTX* c) { EVP_MD_CTX_free(c); })>;
using Memory = std::unique_ptr<BIO, decltype([](BIO* b) { BIO_free(b); })>;
using Number = std::unique_ptr<BIGNUM, decltype([](BIGNUM* n) { BN_free(n); })>;

constexpr unsigned kBits = 2048;

[[noreturn]] void fail(const char* what) {
    throw std::runtime_error(std::string("a key of events: ") + what);
}

int no_password(char*, int, int, void*) {
    return -1;
}

// RFC 7518 2: a whole number in as few bytes as it needs.
std::string base64url_of(const EVP_PKEY* key, const char* name) {
    BIGNUM* raw = nullptr;
    if (EVP_PKEY_get_bn_param(key, name, &raw) != 1) fail("it is not an RSA key");
    const Number number(raw);
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(BN_num_bytes(number.get())));
    BN_bn2bin(number.get(), bytes.data());
    return base64url(bytes);
}

}  // namespace

void RsaKey::Free::operator()(evp_pkey_st* key) const {
    EVP_PKEY_free(key);
}

RsaKey::RsaKey(Handle key)
    : key_(std::move(key)),
      n_(base64url_of(key_.get(), OSSL_PKEY_PARAM_RSA_N)),
      e_(base64url_of(key_.get(), OSSL_PKEY_PARAM_RSA_E)) {
    std::string thumb;
    ObjectWriter object(thumb);
    object.plain("e", e_);
    object.plain("kty", "RSA");
    object.plain("n", n_);
    object.end();
    id_ = base64url(sha256(thumb));
}

RsaKey RsaKey::generate() {
    Handle key(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{kBits}));
    if (!key) fail("OpenSSL cannot make one");
    return RsaKey(std::move(key));
}

RsaKey RsaKey::from_pem(std::string_view text) {
    const Memory in(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    if (!in) throw std::bad_alloc();
    Handle key(PEM_read_bio_PrivateKey(in.get(), nullptr, no_password, nullptr));
    if (!key) fail("expected a private key in PEM form, without a password");
    return RsaKey(std::move(key));
}

std::string RsaKey::pem() const {
    const Memory out(BIO_new(BIO_s_mem()));
    if (!out || PEM_write_bio_PKCS8PrivateKey(out.get(), key_.get(), nullptr, nullptr, 0, nullptr,
                                              nullptr) != 1)
        fail("it cannot be written");
    char* data = nullptr;
    const auto size = BIO_get_mem_data(out.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string RsaKey::jwk() const {
    std::string out;
    ObjectWriter object(out);
    object.plain("alg", "RS256");
    object.plain("e", e_);
    object.plain("kid", id_);
    object.plain("kty", "RSA");
    object.plain("n", n_);
    object.plain("use", "sig");
    object.end();
    return out;
}

std::string RsaKey::sign(std::string_view bytes) const {
    const Context context(EVP_MD_CTX_new());
    std::size_t size = static_cast<std::size_t>(EVP_PKEY_get_size(key_.get()));
    std::string signature(size, '\0');
    if (!context ||
        EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) != 1 ||
        EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                       reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()) != 1)
        fail("signing failed");
    signature.resize(size);
    return signature;
}

std::string jws(const RsaKey& key, std::string_view payload) {
    std::string header;
    ObjectWriter object(header);
    object.plain("alg", "RS256");
    object.plain("kid", key.id());
    object.end();
    auto text = base64url(as_bytes(header)) + '.' + base64url(as_bytes(payload));
    return text + '.' + base64url(as_bytes(key.sign(text)));
}

}  // namespace handin::events
