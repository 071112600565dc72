#include "receipt/keys.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <stdexcept>

#include "base/encoding.hpp"
#include "base/json_writer.hpp"

namespace handin::receipt {
namespace {

namespace json = boost::json;

using Context = std::unique_ptr<EVP_MD_CTX, decltype([](EVP_MD_CTX* c) { EVP_MD_CTX_free(c); })>;
using Memory = std::unique_ptr<BIO, decltype([](BIO* b) { BIO_free(b); })>;

[[noreturn]] void fail(const char* what) {
    throw std::runtime_error(std::string("a receipt key: ") + what);
}

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

// Not asked for a password: a server starts without anybody.
int no_password(char*, int, int, void*) {
    return -1;
}

std::string_view member(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string_view(value->get_string())
                                                  : std::string_view();
}

}  // namespace

void SigningKey::Free::operator()(evp_pkey_st* key) const {
    EVP_PKEY_free(key);
}

SigningKey::SigningKey(Handle key) : key_(std::move(key)) {
    std::size_t size = public_key_.size();
    if (EVP_PKEY_get_raw_public_key(key_.get(), public_key_.data(), &size) != 1 ||
        size != public_key_.size())
        fail("it has no public part");
}

SigningKey SigningKey::generate() {
    Handle key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    if (!key) fail("OpenSSL cannot make one");
    return SigningKey(std::move(key));
}

SigningKey SigningKey::from_pem(std::string_view text) {
    const Memory in(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    if (!in) throw std::bad_alloc();
    Handle key(PEM_read_bio_PrivateKey(in.get(), nullptr, no_password, nullptr));
    if (!key || EVP_PKEY_is_a(key.get(), "ED25519") != 1)
        fail("expected an Ed25519 private key in PEM form, without a password");
    return SigningKey(std::move(key));
}

std::string SigningKey::pem() const {
    const Memory out(BIO_new(BIO_s_mem()));
    if (!out || PEM_write_bio_PKCS8PrivateKey(out.get(), key_.get(), nullptr, nullptr, 0, nullptr,
                                              nullptr) != 1)
        fail("it cannot be written");
    char* data = nullptr;
    const auto size = BIO_get_mem_data(out.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

domain::BatchSignature SigningKey::sign(std::string_view bytes) const {
    domain::BatchSignature signature{};
    std::size_t size = signature.size();
    const Context context(EVP_MD_CTX_new());
    if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
        EVP_DigestSign(context.get(), signature.data(), &size, bytes_of(bytes), bytes.size()) != 1)
        fail("signing failed");
    return signature;
}

bool verify(const SigningPublicKey& key, const domain::BatchSignature& signature,
            std::string_view bytes) {
    const std::unique_ptr<EVP_PKEY, decltype([](EVP_PKEY* k) { EVP_PKEY_free(k); })> handle(
        EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr, key.data(), key.size()));
    const Context context(EVP_MD_CTX_new());
    return handle && context &&
           EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, handle.get()) == 1 &&
           EVP_DigestVerify(context.get(), signature.data(), signature.size(), bytes_of(bytes),
                            bytes.size()) == 1;
}

std::string jwk(const SigningPublicKey& key) {
    std::string out;
    ObjectWriter object(out);
    object.plain("crv", "Ed25519");
    object.plain("kty", "OKP");
    object.plain("x", base64url(key));
    object.end();
    return out;
}

std::string key_id(const SigningPublicKey& key) {
    return base64url(sha256(jwk(key)));
}

std::string jwks(std::span<const SigningPublicKey> keys) {
    std::string out = R"({"keys":[)";
    for (const auto& key : keys) {
        if (out.back() == '}') out += ',';
        ObjectWriter object(out);
        object.plain("alg", "EdDSA");
        object.plain("crv", "Ed25519");
        object.plain("kid", key_id(key));
        object.plain("kty", "OKP");
        object.plain("use", "sig");
        object.plain("x", base64url(key));
        object.end();
    }
    return out + "]}";
}

std::expected<std::vector<SigningPublicKey>, std::string> parse_jwks(std::string_view text) {
    boost::system::error_code error;
    const auto value = json::parse(text, error);
    if (error) return std::unexpected("not JSON: " + error.message());
    const auto* set = value.if_object();
    const auto* list = set == nullptr ? nullptr : set->if_contains("keys");
    if (list == nullptr || !list->is_array())
        return std::unexpected("not a JSON Web Key Set: it has no list of keys");
    std::vector<SigningPublicKey> keys;
    for (const auto& item : list->get_array()) {
        const auto* object = item.if_object();
        if (object == nullptr || member(*object, "kty") != "OKP" ||
            member(*object, "crv") != "Ed25519")
            continue;
        const auto x = base64url_decode(member(*object, "x"));
        auto& key = keys.emplace_back();
        if (!x || x->size() != key.size())
            return std::unexpected("an Ed25519 key whose x is not 32 bytes of base64url");
        std::ranges::copy(*x, key.begin());
    }
    return keys;
}

}  // namespace handin::receipt
