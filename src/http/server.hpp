// The HTTP/1.1 server: one io_context and one SO_REUSEPORT acceptor a core, a coroutine a session.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "http/router.hpp"
#include "http/tls.hpp"

namespace handin::http {

// Every bound has a reason; what they add up to is in docs/operating.md.
struct Limits {
    std::size_t head_bytes = 16 * 1024;
    std::uint64_t body_bytes = 32ULL * 1024 * 1024;   // edlink.md 2.2: 32 MB
    std::uint64_t form_bytes = 512ULL * 1024 * 1024;  // of routes that take forms with files
    std::size_t connections = 10'000;
    // From one address. High, for a whole school may come from one; 0: no bound.
    std::size_t connections_per_address = 5'000;
    std::chrono::seconds head_timeout{10};  // from the first byte to the end of the head; and for
                                            // a TLS handshake
    std::chrono::seconds body_idle{30};     // between two pieces of a body
    // Bytes a second of a body, on average over each body_idle of waiting for it: half of what a
    // line of 1995 carried. Time in which we do not read is not counted. 0: no bound.
    std::uint64_t body_rate = 500;
    std::chrono::seconds write_timeout{30};  // for some of the reply to be taken
    // Bytes a second of a reply that a client takes, on average over each write_timeout of waiting
    // for it. The same as of a body; 0: no bound.
    std::uint64_t reply_rate = 500;
    // Of buffers of 64 KiB for bodies that are being read, in bytes. Beyond it they have 8 KiB.
    std::uint64_t body_buffers = 64ULL * 1024 * 1024;
    // Of replies that are being sent, in bytes: bodies, and the pieces of files. Beyond it reading
    // is refused (503); what was written is told all the same.
    std::uint64_t reply_memory = 256ULL * 1024 * 1024;
    std::chrono::seconds keep_alive{75};  // idle between two requests
};

// One answered request, for metrics. The views live as long as the call.
struct Observation {
    std::string_view route;   // its pattern, such as "/api/v2/my/classes/:class_id"; or "unmatched"
    std::string_view method;  // as sent
    int status;               // 0 if the client went away before an answer
    double seconds;           // from the end of the head to the end of the reply
    std::uint64_t bytes_in, bytes_out;
};

struct ServerOptions {
    std::string host = "127.0.0.1";
    std::uint16_t port = 8080;  // 0: any free one, see port()
    unsigned threads = 0;       // 0: one a core
    Limits limits;
    std::shared_ptr<const Tls> tls;                   // null: plain HTTP
    std::vector<std::string> trusted_proxies;         // addresses whose X-Forwarded-* is believed
    std::function<void(const Observation&)> observe;  // on the io thread, after every request
};

class Server {
 public:
    // Binds at once; throws std::system_error if it cannot. `router` and `clock` outlive it.
    Server(ServerOptions options, const Router& router, const Clock& clock);
    ~Server();

    std::uint16_t port() const;
    void start();  // returns at once; threads run until stop()

    // Graceful: accepts no more, closes idle connections, lets running requests finish for at most
    // `patience`, then closes what is left. Blocks.
    void stop(std::chrono::seconds patience);

    struct Counts {
        std::uint64_t connections_open;
        std::uint64_t connections_total;
        std::uint64_t requests_active;
        std::uint64_t reply_bytes;  // see Limits::reply_memory
    };
    Counts counts() const;

 private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace handin::http
