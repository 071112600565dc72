// One connection in pipeline mode: statements are queued and go over in one round trip. Not shared
// between threads. Everything here blocks.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "store/postgres/errors.hpp"
#include "store/postgres/parameters.hpp"
#include "store/postgres/rows.hpp"

extern "C" struct pg_conn;

namespace handin::store::postgres {

class Connection {
 public:
    // Longer than the time-outs that the server is told, which say more.
    static constexpr std::chrono::seconds kPatience{20};

    // `url`: as libpq takes it, with several hosts if need be. Waits five seconds a host unless it
    // says otherwise. Throws Lost.
    explicit Connection(const std::string& url);

    // `sql` must be a literal: prepared statements are kept by its address.
    Connection& queue(const char* sql, Parameters parameters = {});
    // Sends what is queued and gives what each has brought. Throws Refused, after which no
    // transaction is open, or Lost, after which only destroy it. `commits`: a warning means that
    // what was committed may be lost with this server, and counts as Lost.
    std::vector<Rows> run(bool commits = false, std::chrono::seconds patience = kPatience);
    // Queues one more and sends all without waiting for it; the next run() does.
    void run_later(const char* sql);

    // Statements that take no parameters, separated by semicolons.
    void script(const char* sql);
    // A setting of the server.
    std::string server_setting(const char* name) const;

 private:
    struct Close {
        void operator()(pg_conn* connection) const noexcept;
    };
    struct Queued {
        const char* sql;
        bool prepares;
    };
    [[noreturn]] void lose() const;
    void flush_and_await();
    // Reads to the end of the pipeline; the first refusal, if there is one.
    std::unique_ptr<Refused> take_results(const std::vector<Queued>& queued,
                                          std::vector<Rows>& rows);
    Result next_result();
    void settle_owed();

    std::unique_ptr<pg_conn, Close> connection_;
    std::unordered_map<const char*, std::string> names_;
    unsigned prepared_ = 0;  // so many
    std::vector<Queued> queued_;
    std::vector<Queued> owed_;  // sent by run_later()
    std::string warning_;
    std::chrono::steady_clock::time_point deadline_;
};

}  // namespace handin::store::postgres
