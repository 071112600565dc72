#include "app/bench/connection.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <memory>
#include <stdexcept>
#include <system_error>

#include "base/encoding.hpp"

namespace handin::bench {
namespace {

constexpr std::size_t kShownBody = 300;
constexpr std::string_view kStatusLine = "HTTP/1.1 200";

int connect_to(const Address& address) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (getaddrinfo(address.host.c_str(), address.port.c_str(), &hints, &found) != 0)
        throw std::runtime_error("no such host: " + address.authority());
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, freeaddrinfo);
    const int descriptor = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0 || connect(descriptor, found->ai_addr, found->ai_addrlen) != 0) {
        const auto reason = std::generic_category().message(errno);
        if (descriptor >= 0) close(descriptor);
        throw std::runtime_error("cannot connect to " + address.authority() + ": " + reason);
    }
    const int yes = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return descriptor;
}

// What OpenSSL says, as a system call would.
std::ptrdiff_t as_call(const SSL* tls, int result) {
    if (result > 0) return result;
    const auto error = SSL_get_error(tls, result);
    ERR_clear_error();
    if (error == SSL_ERROR_ZERO_RETURN) return 0;
    errno = error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? EAGAIN : ECONNRESET;
    return -1;
}

// The value of a header line, if it has this name (in lower case).
bool take_header(std::string_view line, std::string_view name, std::string_view& value) {
    if (line.size() <= name.size() || line[name.size()] != ':') return false;
    if (!std::ranges::equal(line.substr(0, name.size()), name, {}, lower)) return false;
    value = line.substr(name.size() + 1);
    value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
    return true;
}

}  // namespace

Trust new_trust(bool insecure) {
    Trust trust(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    if (!trust) throw std::runtime_error("cannot begin TLS");
    SSL_CTX_set_default_verify_paths(trust.get());
    SSL_CTX_set_verify(trust.get(), insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_mode(trust.get(),
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    return trust;
}

Connection::Connection(const Address& address, ssl_ctx_st* trust)
    : descriptor_(connect_to(address)) {
    if (trust) secure(address, trust);
    fcntl(descriptor_, F_SETFL, fcntl(descriptor_, F_GETFL) | O_NONBLOCK);
}

void Connection::secure(const Address& address, ssl_ctx_st* trust) {
    tls_ = SSL_new(trust);
    if (!tls_) throw std::bad_alloc();
    SSL_set_fd(tls_, descriptor_);
    SSL_set_tlsext_host_name(tls_, address.host.c_str());
    if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls_), address.host.c_str()) != 1)
        SSL_set1_host(tls_, address.host.c_str());
    if (SSL_connect(tls_) == 1) return;
    const auto reason = SSL_get_verify_result(tls_) == X509_V_OK
                            ? "no TLS handshake"
                            : X509_verify_cert_error_string(SSL_get_verify_result(tls_));
    const auto message = "cannot connect to " + address.authority() + ": " + reason;
    ERR_clear_error();
    SSL_free(tls_);
    close(descriptor_);
    throw std::runtime_error(message);
}

Connection::~Connection() {
    if (tls_) SSL_free(tls_);
    if (descriptor_ >= 0) close(descriptor_);
}

bool Connection::send(Instant counted_from) {
    counted_from_ = counted_from;
    sent_ = 0;
    partial_.clear();
    return send_more();
}

bool Connection::send_more() {
    const std::string_view head = message_.head;
    while (sent_ < head.size() + message_.body_bytes) {
        const auto of_head = std::min<std::uint64_t>(sent_, head.size());
        const auto count = put(head.substr(of_head), body_from(sent_ - of_head));
        if (count < 0) return errno != EAGAIN;  // else: broken, which receive() will find out
        sent_ += static_cast<std::uint64_t>(count);
    }
    return true;
}

std::string_view Connection::body_from(std::uint64_t sent) const {
    const auto& [head, body, body_bytes] = message_;
    if (sent == body_bytes) return {};
    return body.substr(sent % body.size()).substr(0, body_bytes - sent);
}

std::ptrdiff_t Connection::put(std::string_view head, std::string_view body) {
    if (tls_) {
        const auto piece = head.empty() ? body : head;
        return as_call(tls_, SSL_write(tls_, piece.data(), static_cast<int>(piece.size())));
    }
    std::array<iovec, 2> pieces{iovec{const_cast<char*>(head.data()), head.size()},
                                iovec{const_cast<char*>(body.data()), body.size()}};
    msghdr out{};
    out.msg_iov = pieces.data();
    out.msg_iovlen = pieces.size();
    return sendmsg(descriptor_, &out, MSG_NOSIGNAL);
}

std::ptrdiff_t Connection::take(Scratch& scratch) {
    if (!tls_) return recv(descriptor_, scratch.data(), scratch.size(), 0);
    return as_call(tls_, SSL_read(tls_, scratch.data(), static_cast<int>(scratch.size())));
}

Connection::Answer Connection::receive(Scratch& scratch) {
    for (;;) {
        const auto count = take(scratch);
        if (count < 0 && errno == EAGAIN) return Answer::none_yet;
        if (count <= 0) return Answer::closed;
        const std::string_view arrived(scratch.data(), static_cast<std::size_t>(count));
        if (partial_.empty() && whole_answer(arrived)) return Answer::complete;
        partial_ += arrived;
        if (whole_answer(partial_)) return Answer::complete;
        // Over TLS there may be more that the socket no longer tells of.
        if (!tls_ && arrived.size() < scratch.size()) return Answer::none_yet;
    }
}

bool Connection::whole_answer(std::string_view text) {
    const auto head_end = text.find("\r\n\r\n");
    if (head_end == std::string_view::npos) return false;
    read_head(text.substr(0, head_end));
    const auto body = text.substr(head_end + 4);
    if (body.size() < content_length_) return false;
    if (status_ < 200 || status_ > 299) body_start_ = body.substr(0, kShownBody);
    return true;
}

void Connection::read_head(std::string_view head) {
    status_ = 0;
    content_length_ = 0;
    closes_ = false;
    if (head.size() < kStatusLine.size() || !head.starts_with("HTTP/1.1 "))
        throw std::runtime_error("the server does not speak HTTP/1.1");
    std::from_chars(head.data() + 9, head.data() + 12, status_);
    for (auto end = head.find("\r\n"); end != std::string_view::npos; end = head.find("\r\n")) {
        head.remove_prefix(end + 2);
        const auto line = head.substr(0, head.find("\r\n"));
        std::string_view value;
        if (take_header(line, "content-length", value))
            std::from_chars(value.data(), value.data() + value.size(), content_length_);
        else if (take_header(line, "connection", value))
            closes_ = value == "close";
        else if (take_header(line, "transfer-encoding", value))
            throw std::runtime_error("the driver reads only answers with a Content-Length");
    }
}

}  // namespace handin::bench
