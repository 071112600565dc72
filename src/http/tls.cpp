#include "http/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/stat.h>

#include <cerrno>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/log.hpp"

namespace handin::http {
namespace {

// Forward secrecy and authenticated encryption only; every client since about 2014 has one of them.
// Those of TLS 1.3 are all of that kind.
constexpr auto kCiphersOfTls12 = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr std::string_view kProtocols("\x08http/1.1", 9);  // RFC 7301 3.1

std::string last_error() {
    const auto code = ERR_get_error();
    ERR_clear_error();
    if (ERR_GET_LIB(code) == ERR_LIB_SYS) {
        return std::generic_category().message(ERR_GET_REASON(code));
    }
    const auto* reason = ERR_reason_error_string(code);
    return reason ? reason : "unknown error";
}

void require(bool done, const std::string& what) {
    if (!done) throw std::runtime_error(what + ": " + last_error());
}

// Without this OpenSSL would ask on the terminal.
int no_passphrase(char*, int, int, void*) {
    return -1;
}

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size,
                    const unsigned char* offered, unsigned offered_size, void*) {
    const auto* ours = reinterpret_cast<const unsigned char*>(kProtocols.data());
    unsigned char* found = nullptr;
    const auto outcome = SSL_select_next_proto(
        &found, size, ours, static_cast<unsigned>(kProtocols.size()), offered, offered_size);
    *chosen = found;
    return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

std::shared_ptr<SSL_CTX> new_context() {
    std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    require(context != nullptr, "TLS");
    auto* raw = context.get();
    SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
    SSL_CTX_set_options(raw, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    require(SSL_CTX_set_cipher_list(raw, kCiphersOfTls12) == 1, "TLS ciphers");
    // Clients resume with tickets, which cost no memory here; one is enough for those who keep
    // their connection.
    SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(raw, 1);
    SSL_CTX_set_alpn_select_cb(raw, choose_protocol, nullptr);
    SSL_CTX_set_default_passwd_cb(raw, no_passphrase);
    return context;
}

std::shared_ptr<SSL_CTX> read_files(const std::string& certificate, const std::string& key) {
    ERR_clear_error();
    auto context = new_context();
    auto* raw = context.get();
    require(SSL_CTX_use_certificate_chain_file(raw, certificate.c_str()) == 1,
            "TLS certificate " + certificate);
    require(SSL_CTX_use_PrivateKey_file(raw, key.c_str(), SSL_FILETYPE_PEM) == 1,
            "TLS key " + key + " (for " + certificate + ")");
    require(SSL_CTX_check_private_key(raw) == 1, "TLS key " + key + " (for " + certificate + ")");
    return context;
}

Time expiry_of(const SSL_CTX* context) {
    tm broken_down{};
    ASN1_TIME_to_tm(X509_get0_notAfter(SSL_CTX_get0_certificate(context)), &broken_down);
    return Time(std::chrono::seconds(timegm(&broken_down)));
}

}  // namespace

Tls::Tls(std::string certificate_file, std::string key_file)
    : certificate_file_(std::move(certificate_file)), key_file_(std::move(key_file)) {
    reload();
}

void Tls::reload() {
    looked_at_ = stamp();
    take(read_files(certificate_file_, key_file_));
}

bool Tls::changed() const {
    return stamp() != looked_at_;
}

std::string Tls::stamp() const {
    std::string text;
    for (const auto& file : {certificate_file_, key_file_}) {
        struct stat found{};
        if (::stat(file.c_str(), &found) != 0) found = {};
        for (const auto part :
             {static_cast<std::int64_t>(found.st_ino), static_cast<std::int64_t>(found.st_size),
              static_cast<std::int64_t>(found.st_mtim.tv_sec),
              static_cast<std::int64_t>(found.st_mtim.tv_nsec)})
            text += std::to_string(part) + ' ';
    }
    return text;
}

void Tls::take(Context context) {
    const auto expires_at = expiry_of(context.get());
    if (expires_at < SystemClock().now())
        log::warn("the TLS certificate has expired",
                  {{"file", certificate_file_}, {"expired_at", iso_seconds(expires_at)}});
    const std::lock_guard lock(mutex_);
    context_ = std::move(context);
    expires_at_ = expires_at;
}

Time Tls::expires_at() const {
    const std::lock_guard lock(mutex_);
    return expires_at_;
}

SSL* Tls::open() const {
    const std::lock_guard lock(mutex_);
    auto* connection = SSL_new(context_.get());  // holds the context by itself
    if (!connection) throw std::bad_alloc();
    return connection;
}

}  // namespace handin::http
