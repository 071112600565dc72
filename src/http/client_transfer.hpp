// One request of a ClientLoop, as curl's callbacks see it. Everything here belongs to the loop's
// thread, except `result` while nobody waits.
#pragma once

#include <curl/curl.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "base/task.hpp"
#include "http/client.hpp"
#include "http/client_loop.hpp"

namespace handin::http {

using CurlHandle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using CurlList = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

// Once in the life of the process; throws std::runtime_error.
void set_up_curl();
CurlList curl_headers(const ClientHeaders& headers);
void trust_as_told(CURL* curl, const ClientTrust& trust);
// A line of a head goes into the list, unless it is none; a status line empties it.
void take_header_line(std::string_view line, ClientHeaders& headers);

struct Transfer {
    Transfer(ClientRequest request, const ClientLoopOptions& options);

    enum class Waiting : std::uint8_t { nobody, taken, head, piece };

    // Somebody waits for this from now on; `resume` goes to `home` when it is there.
    void wait_for(Waiting what, std::string_view bytes, Executor home,
                  std::move_only_function<void()> resume);
    // It is over. `message`: curl's.
    void end(std::error_code error, const std::string& message);
    bool our_turn() const;  // the peer can do nothing, for we do not read or write

    // What the one who waited gets.
    struct Result {
        std::error_code error;
        std::string message;
        bool answered = false;  // write no more
        ClientResponse head;
        std::string piece;
    };
    Result result;

    CurlHandle handle;
    std::chrono::milliseconds idle_timeout;
    std::chrono::steady_clock::time_point moved = std::chrono::steady_clock::now();
    std::array<char, CURL_ERROR_SIZE> message{};

 private:
    static curl_socket_t open_socket(void* transfer, curlsocktype purpose, curl_sockaddr* address);
    static std::size_t give_body(char* into, std::size_t, std::size_t size, void* transfer);
    static std::size_t take_body(char* data, std::size_t, std::size_t size, void* transfer);
    static std::size_t take_header(char* data, std::size_t, std::size_t size, void* transfer);
    void settle();  // if what is waited for is there
    void go_on();   // unpauses what was paused for want of bytes or room

    CurlList headers_;
    std::shared_ptr<const ClientGuard> guard_;
    bool forbidden_ = false;  // by the guard
    std::string_view out_;    // of the one who waits
    std::string in_;
    ClientResponse head_;
    bool head_done_ = false;
    bool ended_ = false;
    std::error_code error_;
    std::string error_message_;
    bool cut_short_ = false;  // we ended it, for the answer was there before the body was sent
    bool sending_paused_ = false;
    bool receiving_paused_ = false;

    Waiting waiting_ = Waiting::nobody;
    std::optional<Executor> home_;
    std::move_only_function<void()> resume_;
};

}  // namespace handin::http
