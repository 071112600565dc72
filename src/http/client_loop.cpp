#include "http/client_loop.hpp"

#include <pthread.h>

#include <algorithm>
#include <boost/asio/async_result.hpp>
#include <boost/asio/this_coro.hpp>
#include <new>
#include <system_error>
#include <utility>

#include "http/client_transfer.hpp"

namespace handin::http {
namespace {

// How often it is looked whether somebody has timed out, in milliseconds.
constexpr int kLook = 250;

std::errc meaning_of(CURLcode code) {
    switch (code) {
        case CURLE_COULDNT_CONNECT:
            return std::errc::connection_refused;
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_RESOLVE_PROXY:
            return std::errc::host_unreachable;
        case CURLE_OPERATION_TIMEDOUT:
            return std::errc::timed_out;
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
            return std::errc::permission_denied;
        case CURLE_SEND_ERROR:
        case CURLE_RECV_ERROR:
        case CURLE_GOT_NOTHING:
        case CURLE_PARTIAL_FILE:
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_SEND_FAIL_REWIND:  // a connection that had been kept was reset on the way
            return std::errc::connection_reset;
        default:
            return std::errc::io_error;
    }
}

}  // namespace

struct ClientLoop::Multi {
    Multi() : handle(curl_multi_init()) {
        if (handle == nullptr) throw std::bad_alloc();
    }
    ~Multi() { curl_multi_cleanup(handle); }
    Multi(const Multi&) = delete;
    Multi& operator=(const Multi&) = delete;

    CURLM* handle;
};

ClientLoop::ClientLoop(ClientLoopOptions options) : options_(std::move(options)) {
    set_up_curl();
    multi_ = std::make_unique<Multi>();
    const auto connections = static_cast<long>(options_.connections_per_host);
    curl_multi_setopt(multi_->handle, CURLMOPT_MAX_HOST_CONNECTIONS, connections);
    curl_multi_setopt(multi_->handle, CURLMOPT_MAXCONNECTS, connections);
    curl_multi_setopt(multi_->handle, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
    thread_ = std::thread([this] { run(); });
    pthread_setname_np(thread_.native_handle(), "outgoing");
}

ClientLoop::~ClientLoop() {
    stop();
}

void ClientLoop::stop() {
    {
        std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    curl_multi_wakeup(multi_->handle);
    if (thread_.joinable()) thread_.join();
}

void ClientLoop::post(Command command) {
    std::unique_lock lock(mutex_);
    if (!ended_) {
        commands_.push_back(std::move(command));
        const bool first = commands_.size() == 1;
        lock.unlock();
        if (first) curl_multi_wakeup(multi_->handle);
        return;
    }
    lock.unlock();
    command();
}

void ClientLoop::take_commands() {
    std::vector<Command> commands;
    {
        std::lock_guard lock(mutex_);
        commands.swap(commands_);
    }
    for (auto& command : commands)
        command();
}

void ClientLoop::run() {
    for (;;) {
        take_commands();
        int running = 0;
        curl_multi_perform(multi_->handle, &running);
        finish_transfers();
        end_idle();
        {
            std::lock_guard lock(mutex_);
            if (stopping_) break;
        }
        curl_multi_poll(multi_->handle, nullptr, 0, kLook, nullptr);
    }
    for (;;) {
        take_commands();  // so that nobody waits who is not ended below
        for (const auto& transfer : std::exchange(transfers_, {})) {
            curl_multi_remove_handle(multi_->handle, transfer->handle.get());
            transfer->end(std::make_error_code(std::errc::operation_canceled), "stopping");
        }
        std::lock_guard lock(mutex_);
        if (!commands_.empty()) continue;
        ended_ = true;
        return;
    }
}

void ClientLoop::finish_transfers() {
    int left = 0;
    while (const auto* done = curl_multi_info_read(multi_->handle, &left)) {
        if (done->msg != CURLMSG_DONE) continue;
        const auto code = done->data.result;
        void* found = nullptr;
        curl_easy_getinfo(done->easy_handle, CURLINFO_PRIVATE, &found);
        const auto at = std::ranges::find(transfers_, found, &std::shared_ptr<Transfer>::get);
        if (at == transfers_.end()) continue;
        const auto transfer = *at;
        remove(transfer);
        std::error_code error;
        if (code != CURLE_OK) error = std::make_error_code(meaning_of(code));
        transfer->end(
            error, transfer->message[0] != 0 ? transfer->message.data() : curl_easy_strerror(code));
    }
}

// Also the wait for a free connection counts, which curl has no clock for.
void ClientLoop::end_idle() {
    const auto now = std::chrono::steady_clock::now();
    std::vector<std::shared_ptr<Transfer>> late;
    for (const auto& transfer : transfers_)
        if (!transfer->our_turn() && now - transfer->moved > transfer->idle_timeout)
            late.push_back(transfer);
    for (const auto& transfer : late) {
        remove(transfer);
        transfer->end(std::make_error_code(std::errc::timed_out), "no answer");
    }
}

bool ClientLoop::add(const std::shared_ptr<Transfer>& transfer) {
    if (ended_ || curl_multi_add_handle(multi_->handle, transfer->handle.get()) != CURLM_OK)
        return false;
    transfers_.push_back(transfer);
    return true;
}

void ClientLoop::remove(const std::shared_ptr<Transfer>& transfer) {
    if (std::erase(transfers_, transfer) > 0)
        curl_multi_remove_handle(multi_->handle, transfer->handle.get());
}

Exchange::Exchange(ClientLoop& loop, ClientRequest request)
    : loop_(loop), transfer_(std::make_shared<Transfer>(std::move(request), loop.options_)) {
    loop_.post([&loop, transfer = transfer_] {
        if (!loop.add(transfer))
            transfer->end(std::make_error_code(std::errc::operation_canceled), "stopping");
    });
}

Exchange::~Exchange() {
    loop_.post([&loop = loop_, transfer = std::move(transfer_)] { loop.remove(transfer); });
}

task<void> Exchange::wait(Want want, std::string_view bytes) {
    using Waiting = Transfer::Waiting;
    const auto what = want == Want::taken  ? Waiting::taken
                      : want == Want::head ? Waiting::head
                                           : Waiting::piece;
    auto home = co_await asio::this_coro::executor;
    auto start = [this, what, bytes, home](auto resume) {
        loop_.post([transfer = transfer_, what, bytes, home, resume = std::move(resume)]() mutable {
            transfer->wait_for(what, bytes, home, std::move(resume));
        });
    };
    co_await asio::async_initiate<const use_task_t, void()>(std::move(start), use_task);
    auto& result = transfer_->result;
    if (result.error) throw std::system_error(result.error, result.message);
}

task<bool> Exchange::write(std::string_view bytes) {
    if (bytes.empty()) co_return !transfer_->result.answered;
    co_await wait(Want::taken, bytes);
    co_return !transfer_->result.answered;
}

task<const ClientResponse*> Exchange::head() {
    co_await wait(Want::head);
    co_return &transfer_->result.head;
}

task<std::string_view> Exchange::next() {
    co_await wait(Want::piece);
    co_return transfer_->result.piece;
}

}  // namespace handin::http
