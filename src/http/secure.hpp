// Inside http/: TLS over a connection's stream, whose timers go on working.
#pragma once

#include <boost/asio/ssl/stream.hpp>
#include <string_view>

#include "http/tls.hpp"
#include "http/wire.hpp"

namespace handin::http {

class Secure {
 public:
    Secure(Stream& stream, const Tls& tls) : tls_(stream, tls.open()) {}

    // `begun`: what has been read of the client's first message.
    task<bool> shake_hands(std::string_view begun);

    task<Wire::Got> read_some(asio::mutable_buffer into);
    task<Wire::Got> write_some(asio::const_buffer from);
    // Whether there are bytes that have left the socket already.
    bool has_arrived();

    // Tells the client that nothing more will come, and waits for the same from there, or for the
    // first bytes that it sends instead.
    task<void> say_goodbye();

 private:
    asio::ssl::stream<Stream&> tls_;
};

}  // namespace handin::http
