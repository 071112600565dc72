#include "http/secure.hpp"

#include <openssl/bio.h>
#include <openssl/ssl.h>

namespace handin::http {

task<bool> Secure::shake_hands(std::string_view begun) {
    const auto [error, used] = co_await tls_.async_handshake(asio::ssl::stream_base::server,
                                                             asio::buffer(begun), use_result);
    co_return !error;
}

task<Wire::Got> Secure::read_some(asio::mutable_buffer into) {
    return tls_.async_read_some(into, use_result);
}

task<Wire::Got> Secure::write_some(asio::const_buffer from) {
    return tls_.async_write_some(from, use_result);
}

bool Secure::has_arrived() {
    auto* connection = tls_.native_handle();
    return SSL_pending(connection) > 0 || BIO_pending(SSL_get_rbio(connection)) > 0;
}

task<void> Secure::say_goodbye() {
    co_await tls_.async_shutdown(use_result);
}

}  // namespace handin::http
