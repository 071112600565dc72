// The server's certificate, its key, and what its TLS connections agree on.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "base/time.hpp"

struct ssl_st;
struct ssl_ctx_st;

namespace handin::http {

class Tls {
 public:
    // PEM files: the server's own certificate and then its chain; a key without a passphrase.
    // Blocks. Throws std::runtime_error with a sentence that names the file.
    Tls(std::string certificate_file, std::string key_file);

    // Reads the files again: new connections get what is there now, others go on with what they
    // have. Blocks. Throws as above; then everything stays as it was.
    void reload();
    // Whether the files are others than those that were last looked at, useful or not. Blocks.
    bool changed() const;

    // When the certificate, as read last, expires. Any thread.
    Time expires_at() const;

    // http/ only: the state of a new connection, which the caller frees. Any thread.
    ssl_st* open() const;

 private:
    using Context = std::shared_ptr<ssl_ctx_st>;

    // Names a version of both files: replaced, renamed or written to, it is another.
    std::string stamp() const;
    void take(Context context);

    std::string certificate_file_;
    std::string key_file_;
    std::string looked_at_;
    mutable std::mutex mutex_;  // of what follows
    Context context_;
    Time expires_at_;
};

}  // namespace handin::http
