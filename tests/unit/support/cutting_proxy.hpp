// Stands between a client and a PostgreSQL on a unix socket, and cuts a connection when told.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace handin::test {

class CuttingProxy {
 public:
    enum class Cut {
        never,
        request,  // what has COMMIT in it does not get to the server
        reply,    // it does, and the answer does not come back
    };

    explicit CuttingProxy(std::string server_socket) : server_(std::move(server_socket)) {
        listener_ = socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
            listen(listener_, 16) != 0 ||
            getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
            throw std::runtime_error("no port for the proxy");
        port_ = ntohs(address.sin_port);
        accepter_ = std::jthread([this] { accept_all(); });
    }
    ~CuttingProxy() {
        stopping_ = true;
        accepter_.join();
        links_.clear();
        close(listener_);
    }

    int port() const { return port_; }
    // The next commit that goes through.
    void cut_next(Cut cut) { cut_ = cut; }
    bool has_cut() const { return cut_ == Cut::never; }

 private:
    void accept_all() {
        while (!stopping_) {
            pollfd ready{.fd = listener_, .events = POLLIN, .revents = 0};
            if (poll(&ready, 1, 20) <= 0) continue;
            const int client = accept(listener_, nullptr, nullptr);
            links_.emplace_back([this, client] { link(client); });
        }
    }

    void link(int client) {
        const int server = socket(AF_UNIX, SOCK_STREAM, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        server_.copy(address.sun_path, sizeof address.sun_path - 1);
        if (connect(server, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0)
            relay(client, server);
        close(client);
        close(server);
    }

    void relay(int client, int server) {
        std::array<char, 65536> buffer{};
        bool swallow = false;
        while (!stopping_) {
            std::array<pollfd, 2> ends{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
            if (poll(ends.data(), ends.size(), 20) <= 0) continue;
            for (int i = 0; i < 2; ++i) {
                if (ends[static_cast<std::size_t>(i)].revents == 0) continue;
                const auto size = read(i == 0 ? client : server, buffer.data(), buffer.size());
                if (size <= 0) return;
                const std::string_view bytes(buffer.data(), static_cast<std::size_t>(size));
                if (i == 0 && is_commit(bytes)) {
                    const auto cut = cut_.exchange(Cut::never);
                    if (cut == Cut::request) return;
                    swallow = cut == Cut::reply;
                }
                if (i == 1 && swallow) return;
                if (write(i == 0 ? server : client, bytes.data(), bytes.size()) != size) return;
            }
        }
    }

    // Of a batch: other transactions say COMMIT too.
    bool is_commit(std::string_view bytes) const {
        return cut_ != Cut::never && bytes.find("INSERT INTO batch") != bytes.npos &&
               bytes.find("COMMIT") != bytes.npos;
    }

    std::string server_;
    int listener_ = -1;
    int port_ = 0;
    std::atomic<bool> stopping_ = false;
    std::atomic<Cut> cut_ = Cut::never;
    std::vector<std::jthread> links_;
    std::jthread accepter_;
};

}  // namespace handin::test
