#include "store/postgres/connection.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <cerrno>

#include "base/log.hpp"

namespace handin::store::postgres {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// What the URL does not say. A server that is gone is noticed within some 20 seconds at worst.
constexpr std::pair<const char*, const char*> kDefaults[] = {
    {"application_name", "handin"},         {"connect_timeout", "5"},
    {"target_session_attrs", "read-write"}, {"keepalives_idle", "5"},
    {"keepalives_interval", "5"},           {"keepalives_count", "3"},
    {"tcp_user_timeout", "15000"},
};

constexpr const char* kSession =
    "SET client_encoding = 'UTF8'; SET statement_timeout = '10s'; SET lock_timeout = '5s';"
    " SET idle_in_transaction_session_timeout = '15s';"
    " SELECT set_config('synchronous_commit', 'on', false)"
    "  WHERE current_setting('synchronous_commit') = 'off'";
// Every statement finds few rows by key: a plan for a table that was small once must not stay, and
// rows are locked in the order in which they are given. Not all engines know these.
constexpr const char* kPlans[] = {
    "SET plan_cache_mode = force_generic_plan",
    "SET enable_seqscan = off",
    "SET enable_hashjoin = off",
    "SET enable_mergejoin = off",
    "SET enable_bitmapscan = off",
    "SET jit = off",
};

std::string text_of(const char* message) {
    std::string text = message == nullptr ? "" : message;
    while (!text.empty() && text.back() == '\n')
        text.pop_back();
    return text;
}

std::string field(const PGresult* result, int code) {
    return text_of(PQresultErrorField(result, code));
}

// Notices go to the log at a low level; a warning is remembered.
void on_notice(void* warning, const PGresult* notice) {
    const auto severity = field(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
    const auto message = field(notice, PG_DIAG_MESSAGE_PRIMARY);
    if (severity == "WARNING") *static_cast<std::string*>(warning) = message;
    log::debug("the database says",
               {{"severity", std::string_view(severity)}, {"message", std::string_view(message)}});
}

}  // namespace

void Connection::Close::operator()(pg_conn* connection) const noexcept {
    PQfinish(connection);
}

Connection::Connection(const std::string& url) {
    std::vector<const char*> names, values;
    for (const auto& [name, value] : kDefaults) {
        names.push_back(name);
        values.push_back(value);
    }
    names.push_back("dbname");  // last: what it says counts
    values.push_back(url.c_str());
    names.push_back(nullptr);
    values.push_back(nullptr);
    connection_.reset(PQconnectdbParams(names.data(), values.data(), 1));
    if (PQstatus(connection_.get()) != CONNECTION_OK) lose();
    PQsetNoticeReceiver(connection_.get(), on_notice, &warning_);
    script(kSession);
    for (const auto* sql : kPlans)
        Result(PQexec(connection_.get(), sql));
    if (PQstatus(connection_.get()) != CONNECTION_OK) lose();
    if (PQsetnonblocking(connection_.get(), 1) != 0 || PQenterPipelineMode(connection_.get()) != 1)
        lose();
}

void Connection::lose() const {
    throw Lost(text_of(PQerrorMessage(connection_.get())));
}

std::string Connection::server_setting(const char* name) const {
    return text_of(PQparameterStatus(connection_.get(), name));
}

void Connection::script(const char* sql) {
    const bool pipeline = PQpipelineStatus(connection_.get()) != PQ_PIPELINE_OFF;
    if (pipeline) {
        settle_owed();
        if (PQexitPipelineMode(connection_.get()) != 1) lose();
        PQsetnonblocking(connection_.get(), 0);
    }
    const Result result(PQexec(connection_.get(), sql));
    const auto status = PQresultStatus(result.get());
    if (PQstatus(connection_.get()) != CONNECTION_OK) lose();
    if (pipeline) {
        PQsetnonblocking(connection_.get(), 1);
        if (PQenterPipelineMode(connection_.get()) != 1) lose();
    }
    if (status == PGRES_FATAL_ERROR)
        throw Refused(field(result.get(), PG_DIAG_MESSAGE_PRIMARY),
                      field(result.get(), PG_DIAG_SQLSTATE));
}

Connection& Connection::queue(const char* sql, Parameters parameters) {
    auto [name, is_new] = names_.try_emplace(sql);
    if (is_new) {
        name->second = "s" + std::to_string(++prepared_);
        if (PQsendPrepare(connection_.get(), name->second.c_str(), sql, 0, nullptr) != 1) lose();
        queued_.push_back({sql, true});
    }
    const auto values = parameters.values();
    const auto lengths = parameters.lengths();
    const std::vector<int> binary(values.size(), 1);
    if (PQsendQueryPrepared(connection_.get(), name->second.c_str(),
                            static_cast<int>(values.size()), values.data(), lengths.data(),
                            binary.data(), 1) != 1)
        lose();
    queued_.push_back({sql, false});
    return *this;
}

// Sends while it must, and waits until there is something to read.
void Connection::flush_and_await() {
    for (;;) {
        const int left = PQflush(connection_.get());
        if (left < 0) lose();
        pollfd socket{.fd = PQsocket(connection_.get()),
                      .events = static_cast<short>(left > 0 ? POLLIN | POLLOUT : POLLIN),
                      .revents = 0};
        const auto wait =
            std::chrono::duration_cast<milliseconds>(deadline_ - steady_clock::now()).count();
        const int ready = poll(&socket, 1, static_cast<int>(std::max<long long>(wait, 0)));
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0) throw Lost("the database does not answer");
        if ((socket.revents & (POLLIN | POLLERR | POLLHUP)) == 0) continue;
        if (PQconsumeInput(connection_.get()) != 1) lose();
        return;
    }
}

Result Connection::next_result() {
    while (PQisBusy(connection_.get()) != 0)
        flush_and_await();
    return Result(PQgetResult(connection_.get()));
}

std::unique_ptr<Refused> Connection::take_results(const std::vector<Queued>& queued,
                                                  std::vector<Rows>& rows) {
    std::unique_ptr<Refused> refused;
    for (const auto& each : queued) {
        auto result = next_result();
        const auto status = PQresultStatus(result.get());
        if (status == PGRES_FATAL_ERROR) {
            refused = std::make_unique<Refused>(field(result.get(), PG_DIAG_MESSAGE_PRIMARY),
                                                field(result.get(), PG_DIAG_SQLSTATE));
            // FATAL and PANIC end the connection: then it is not known what has become of it.
            if (field(result.get(), PG_DIAG_SEVERITY_NONLOCALIZED) != "ERROR")
                throw Lost(refused->what());
        }
        const bool done = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
        if (!done && each.prepares) names_.erase(each.sql);
        if (done && !each.prepares) rows.emplace_back(std::move(result));
        if (!done && result == nullptr) lose();
        (void)next_result();  // nullptr: the end of what this statement has brought
    }
    const auto end = next_result();
    if (PQresultStatus(end.get()) != PGRES_PIPELINE_SYNC) lose();
    return refused;
}

void Connection::settle_owed() {
    if (owed_.empty()) return;
    const auto owed = std::exchange(owed_, {});
    std::vector<Rows> rows;
    deadline_ = steady_clock::now() + kPatience;
    take_results(owed, rows);
}

std::vector<Rows> Connection::run(bool commits, std::chrono::seconds patience) {
    if (PQpipelineSync(connection_.get()) != 1) lose();
    const auto queued = std::exchange(queued_, {});
    settle_owed();
    warning_.clear();
    deadline_ = steady_clock::now() + patience;
    std::vector<Rows> rows;
    rows.reserve(queued.size());
    const auto refused = take_results(queued, rows);
    if (commits && !warning_.empty()) throw Lost(warning_);
    if (!refused) return rows;
    if (PQtransactionStatus(connection_.get()) != PQTRANS_IDLE) {
        queue("ROLLBACK");
        run();
    }
    if (refused->is("25006") || refused->is("08")) throw Lost(refused->what());  // not a primary
    throw *refused;
}

void Connection::run_later(const char* sql) {
    settle_owed();
    queue(sql);
    if (PQpipelineSync(connection_.get()) != 1 || PQflush(connection_.get()) < 0) lose();
    owed_ = std::exchange(queued_, {});
}

}  // namespace handin::store::postgres
