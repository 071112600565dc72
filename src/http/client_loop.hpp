// HTTP requests of a server: many at a time on one thread, bodies streamed both ways in bounded
// memory. Whoever does not read or write holds up the peer, nobody else. Nothing is repeated here.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/task.hpp"
#include "http/client.hpp"
#include "http/client_guard.hpp"

namespace handin::http {

struct ClientLoopOptions {
    std::size_t connections_per_host = 64;  // requests beyond that wait for one to be free
    std::chrono::milliseconds connect_timeout = std::chrono::seconds(5);
    ClientTrust trust = {};
    // Null: any address, by way of a proxy if the environment names one. Otherwise only these,
    // which is looked at when the connection is opened, so that no name can lead elsewhere.
    std::shared_ptr<const ClientGuard> guard = {};
};

// What a transfer keeps in memory at most: a piece that came in, and curl's two buffers.
inline constexpr std::size_t kClientBytes = std::size_t{640} * 1024;

struct ClientRequest {
    std::string method;
    std::string url;
    ClientHeaders headers = {};
    std::uint64_t body_bytes = 0;  // just so many are to be written
    // How long nothing may happen while it is the peer's turn, waiting for a connection included.
    std::chrono::milliseconds idle_timeout = std::chrono::seconds(30);
    std::chrono::milliseconds timeout{0};  // for all of it; 0: none
};

struct Transfer;  // client_transfer.hpp

// The thread, and the connections that it keeps.
class ClientLoop {
 public:
    explicit ClientLoop(ClientLoopOptions options = {});
    ~ClientLoop();  // stop()
    ClientLoop(const ClientLoop&) = delete;
    ClientLoop& operator=(const ClientLoop&) = delete;

    // Ends every exchange with operation_canceled, also those that are begun later. Blocks until
    // that is so. Must be called before an io_context goes on which somebody waits.
    void stop();

 private:
    friend class Exchange;
    using Command = std::move_only_function<void()>;

    void post(Command command);  // to the thread; when that has ended, runs it at once
    void run();
    void take_commands();
    void finish_transfers();
    void end_idle();
    bool add(const std::shared_ptr<Transfer>& transfer);
    void remove(const std::shared_ptr<Transfer>& transfer);

    ClientLoopOptions options_;
    struct Multi;
    std::unique_ptr<Multi> multi_;
    std::mutex mutex_;
    std::vector<Command> commands_;
    bool stopping_ = false;
    bool ended_ = false;                                // the thread takes no commands any more
    std::vector<std::shared_ptr<Transfer>> transfers_;  // of the thread
    std::thread thread_;
};

// One request and its answer. Use: write() until the body is complete or nobody wants more; head();
// next() until it is empty. One call at a time. All but write() throw std::system_error if there is
// no (more) answer: it timed out, the connection broke, its address is not allowed
// (operation_not_permitted). Any status is an answer.
class Exchange {
 public:
    // Begins. The loop outlives it.
    Exchange(ClientLoop& loop, ClientRequest request);
    ~Exchange();  // gives it up
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    // Returns when the bytes have been taken: true. False: the answer is there already, or there
    // will be none, so that the rest need not be written.
    task<bool> write(std::string_view bytes);
    // Waits until status and headers are there.
    task<const ClientResponse*> head();  // its body is empty; the object's own
    // The next piece of the body, valid until the next call; empty at the end.
    task<std::string_view> next();

 private:
    enum class Want : std::uint8_t { taken, head, piece };
    task<void> wait(Want want, std::string_view bytes = {});

    ClientLoop& loop_;
    std::shared_ptr<Transfer> transfer_;
};

}  // namespace handin::http
