#include "store/postgres/postgres_store.hpp"

#include <chrono>
#include <thread>

#include "base/log.hpp"
#include "store/postgres/migrate.hpp"
#include "store/postgres/writer.hpp"

namespace handin::store::postgres {
namespace {

constexpr auto kStartTime = std::chrono::seconds(15);  // for a database that starts with us

std::unique_ptr<Connection> first_connection(Connector& connector) {
    const auto end = std::chrono::steady_clock::now() + kStartTime;
    for (;;)
        try {
            return connector.connect();
        } catch (const Unavailable& error) {
            if (std::chrono::steady_clock::now() > end)
                throw std::runtime_error(std::string("--database: ") + error.what());
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
}

}  // namespace

PostgresStore::PostgresStore(const std::string& url, Pool* pool)
    : pool_(pool), connector_(url), leases_(connector_) {
    const auto db = first_connection(connector_);
    if (db->server_setting("server_encoding") != "UTF8")
        throw std::runtime_error("--database: the database's encoding is " +
                                 db->server_setting("server_encoding") +
                                 ": create it with ENCODING 'UTF8'");
    try {
        migrate(*db);
    } catch (const Lost& error) {
        throw std::runtime_error(std::string("--database: ") + error.what());
    }
    appender_ = std::make_unique<Appender>(connector_, leases_);
}

PostgresStore::~PostgresStore() = default;

std::unique_ptr<Writer> PostgresStore::writer() {
    return std::make_unique<PostgresWriter>(ReadTools{connector_, cache_, watch_}, stamps_,
                                            [this] { appender_->wake(); });
}

std::unique_ptr<PostgresReader> PostgresStore::take_reader() {
    std::lock_guard lock(mutex_);
    if (idle_readers_.empty())
        return std::make_unique<PostgresReader>(ReadTools{connector_, cache_, watch_});
    auto reader = std::move(idle_readers_.back());
    idle_readers_.pop_back();
    return reader;
}

void PostgresStore::read_now(const std::function<void(Reader&)>& work) {
    auto reader = take_reader();
    reader->begin();
    work(*reader);  // if it throws, the reader goes: its transaction may be in any state
    reader->end();
    std::lock_guard lock(mutex_);
    idle_readers_.push_back(std::move(reader));
}

task<void> PostgresStore::read(std::function<void(Reader&)> work) {
    if (pool_ == nullptr) co_return read_now(work);
    co_await pool_->run([this, &work] { read_now(work); });
}

bool PostgresStore::from_memory(const std::function<void(Reader&)>& work) {
    if (!watch_.believed()) return false;
    PostgresReader reader({connector_, cache_, watch_});
    reader.only_from_memory();
    try {
        work(reader);
        return true;
    } catch (const PostgresReader::Miss&) {
        return false;
    }
}

task<void> PostgresStore::glance(std::function<void(Reader&)> work) {
    if (!from_memory(work)) co_await read(work);
}

}  // namespace handin::store::postgres
