#include "http/client_transfer.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cstring>
#include <new>
#include <stdexcept>
#include <utility>

namespace handin::http {
namespace {

// A piece that waits to be asked for; curl is told to pause when one is there.
constexpr std::size_t kPieceBytes = std::size_t{128} * 1024;
constexpr long kReceiveBuffer = 128 * 1024;
constexpr long kSendBuffer = 256 * 1024;

}  // namespace

void set_up_curl() {
    static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (code != CURLE_OK) throw std::runtime_error(curl_easy_strerror(code));
}

CurlList curl_headers(const ClientHeaders& headers) {
    CurlList list(nullptr, curl_slist_free_all);
    for (const auto& [name, value] : headers) {
        // "Name:" alone would keep curl from sending the header at all.
        const auto line = value.empty() ? name + ';' : name + ": " + value;
        auto* longer = curl_slist_append(list.get(), line.c_str());
        if (!longer) throw std::bad_alloc();
        static_cast<void>(list.release());
        list.reset(longer);
    }
    return list;
}

void trust_as_told(CURL* curl, const ClientTrust& trust) {
    if (!trust.authorities.empty())
        curl_easy_setopt(curl, CURLOPT_CAINFO, trust.authorities.c_str());
    if (trust.anybody) {
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
    }
}

void take_header_line(std::string_view line, ClientHeaders& headers) {
    while (line.ends_with('\r') || line.ends_with('\n'))
        line.remove_suffix(1);
    if (line.starts_with("HTTP/")) headers.clear();  // of an interim reply
    if (const auto colon = line.find(':'); colon != std::string_view::npos) {
        auto value = line.substr(colon + 1);
        value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
        headers.emplace_back(line.substr(0, colon), value);
    }
}

Transfer::Transfer(ClientRequest request, const ClientLoopOptions& options)
    : handle(curl_easy_init(), curl_easy_cleanup),
      idle_timeout(request.idle_timeout),
      headers_(nullptr, curl_slist_free_all),
      guard_(options.guard) {
    if (!handle) throw std::bad_alloc();
    auto* curl = handle.get();
    const bool sends = request.method == "PUT" || request.method == "POST";
    // Waiting to be told to go on would cost a round trip a part.
    auto* list = curl_slist_append(curl_headers(request.headers).release(), "Expect:");
    headers_.reset(list);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, message.data());
    curl_easy_setopt(curl, CURLOPT_PRIVATE, this);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "handin");
    curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, kReceiveBuffer);
    curl_easy_setopt(curl, CURLOPT_UPLOAD_BUFFERSIZE, kSendBuffer);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                     static_cast<long>(options.connect_timeout.count()));
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
    if (guard_) {
        curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
        curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, this);
        curl_easy_setopt(curl, CURLOPT_PROXY, "");
    }
    // A name that nobody answers for would hold up the thread, and with it everybody else.
    curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
    trust_as_told(curl, options.trust);
    curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers_.get());
    if (request.method == "HEAD") curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    if (sends) {
        curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE,
                         static_cast<curl_off_t>(request.body_bytes));
    }
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_body);
    curl_easy_setopt(curl, CURLOPT_READDATA, this);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, this);
}

curl_socket_t Transfer::open_socket(void* transfer, curlsocktype /*purpose*/,
                                    curl_sockaddr* address) {
    auto& self = *static_cast<Transfer*>(transfer);
    if (!self.guard_->allows(&address->addr)) {
        self.forbidden_ = true;
        return CURL_SOCKET_BAD;
    }
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::size_t Transfer::give_body(char* into, std::size_t, std::size_t size, void* transfer) {
    auto& self = *static_cast<Transfer*>(transfer);
    if (self.head_done_) {  // an answer that does not wait for the body
        self.cut_short_ = true;
        return CURL_READFUNC_ABORT;
    }
    if (self.out_.empty()) {
        self.sending_paused_ = true;
        return CURL_READFUNC_PAUSE;
    }
    const auto count = std::min(size, self.out_.size());
    std::memcpy(into, self.out_.data(), count);
    self.out_.remove_prefix(count);
    self.moved = std::chrono::steady_clock::now();
    self.settle();
    return count;
}

std::size_t Transfer::take_body(char* data, std::size_t, std::size_t size, void* transfer) {
    auto& self = *static_cast<Transfer*>(transfer);
    if (self.in_.size() >= kPieceBytes) {
        self.receiving_paused_ = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    self.in_.append(data, size);
    self.moved = std::chrono::steady_clock::now();
    self.settle();
    return size;
}

std::size_t Transfer::take_header(char* data, std::size_t, std::size_t size, void* transfer) {
    auto& self = *static_cast<Transfer*>(transfer);
    self.moved = std::chrono::steady_clock::now();
    if (self.head_done_) return size;  // a trailer
    const std::string_view line(data, size);
    take_header_line(line, self.head_.headers);
    if (line == "\r\n" || line == "\n") {
        long status = 0;
        curl_easy_getinfo(self.handle.get(), CURLINFO_RESPONSE_CODE, &status);
        self.head_.status = static_cast<int>(status);
        self.head_done_ = status >= 200;
        self.settle();
    }
    return size;
}

bool Transfer::our_turn() const {
    return (sending_paused_ && !head_done_) || receiving_paused_;
}

void Transfer::wait_for(Waiting what, std::string_view bytes, Executor home,
                        std::move_only_function<void()> resume) {
    waiting_ = what;
    home_ = std::move(home);
    resume_ = std::move(resume);
    out_ = bytes;
    settle();
    go_on();
}

// Unpausing may call back at once, and so settle.
void Transfer::go_on() {
    // After an early answer nothing is sent, and paused curl would never say that it is over.
    const bool more = sending_paused_ && (!out_.empty() || head_done_);
    const bool room = receiving_paused_ && in_.size() < kPieceBytes;
    if (ended_ || (!more && !room)) return;
    if (more) sending_paused_ = false;
    if (room) receiving_paused_ = false;
    moved = std::chrono::steady_clock::now();
    curl_easy_pause(handle.get(), (sending_paused_ ? CURLPAUSE_SEND : 0) |
                                      (receiving_paused_ ? CURLPAUSE_RECV : 0));
}

void Transfer::end(std::error_code error, const std::string& message_of_error) {
    ended_ = true;
    // A refusal that came early is an answer, though perhaps without all of its words.
    if (!cut_short_ || head_.status < 300) error_ = error;
    error_message_ = message_of_error;
    if (error_ && forbidden_) {
        error_ = std::make_error_code(std::errc::operation_not_permitted);
        error_message_ = "its address is not a public one";
    }
    settle();
}

void Transfer::settle() {
    const bool answered = head_done_ || ended_;
    switch (waiting_) {
        case Waiting::nobody:
            return;
        case Waiting::taken:
            if (!out_.empty() && !answered) return;
            result.answered = answered;
            break;
        case Waiting::head:
            if (!answered) return;
            if (head_done_) result.head = head_;
            if (!head_done_) result.error = error_;
            break;
        case Waiting::piece:
            if (in_.empty() && !ended_) return;
            result.piece.clear();
            std::swap(result.piece, in_);
            if (result.piece.empty()) result.error = error_;
            break;
    }
    if (result.error) result.message = error_message_;
    waiting_ = Waiting::nobody;
    out_ = {};
    asio::post(*home_, std::move(resume_));
    resume_ = nullptr;
    home_.reset();
}

}  // namespace handin::http
