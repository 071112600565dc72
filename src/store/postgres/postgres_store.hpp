// The engine for sites with several nodes: PostgreSQL 15 or newer
// (docs/decisions/0011-postgresql.md).
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/pool.hpp"
#include "store/postgres/appender.hpp"
#include "store/postgres/batch_clock.hpp"
#include "store/postgres/lease_rows.hpp"
#include "store/postgres/reader.hpp"
#include "store/store.hpp"

namespace handin::store::postgres {

class PostgresStore final : public Store {
 public:
    // `url`: postgresql://user@host:port,host:port/database?setting=value, as libpq takes it.
    // Connects and brings the schema up to date. Throws std::runtime_error with a sentence for the
    // operator. Reads run on `pool`, which outlives it; without one, where they are asked for.
    explicit PostgresStore(const std::string& url, Pool* pool = nullptr);
    ~PostgresStore() override;

    std::unique_ptr<Writer> writer() override;
    std::size_t writers() const override { return 2; }  // more gain nothing (stack.md 3.3)
    task<void> read(std::function<void(Reader&)> work) override;
    task<void> glance(std::function<void(Reader&)> work) override;
    task<void> read_long(std::function<void(Reader&)> work) override {
        return read(std::move(work));
    }
    void read_now(const std::function<void(Reader&)>& work) override;
    bool writable() const override { return connector_.reachable(); }
    Leases* leases() override { return &leases_; }

 private:
    std::unique_ptr<PostgresReader> take_reader();
    bool from_memory(const std::function<void(Reader&)>& work);

    Pool* pool_;
    Connector connector_;
    RowCache cache_;
    RosterWatch watch_;
    BatchClock stamps_;
    LeaseRows leases_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<PostgresReader>> idle_readers_;
    std::unique_ptr<Appender> appender_;
};

}  // namespace handin::store::postgres
