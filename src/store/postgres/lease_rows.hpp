#pragma once

#include <memory>
#include <mutex>

#include "store/leases.hpp"
#include "store/postgres/connector.hpp"

namespace handin::store::postgres {

// Leases as rows, by the database's clock. Thread-safe: one connection that its callers wait for.
class LeaseRows final : public Leases {
 public:
    explicit LeaseRows(Connector& connector);

    std::optional<std::int64_t> hold(const std::string& name,
                                     std::chrono::milliseconds life) override;
    void release(const std::string& name) noexcept override;

 private:
    std::vector<Rows> run(const char* sql, const Parameters& parameters);

    Connector& connector_;
    const Uuid holder_;  // this process
    std::mutex mutex_;
    std::unique_ptr<Connection> db_;
    std::uint64_t era_ = 0;
};

}  // namespace handin::store::postgres
