// Deliveries as rows beside the others: several nodes share the work.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "store/deliveries.hpp"
#include "store/postgres/connector.hpp"

namespace handin::store::postgres {

class PostgresDeliveries final : public Deliveries {
 public:
    // In the database of a PostgresStore, which has made the tables.
    explicit PostgresDeliveries(std::string url) : connector_(std::move(url)) {}

    std::vector<Subscription> subscriptions() override;
    std::optional<Subscription> subscription(const Uuid& id) override;
    void add(const Subscription& subscription) override;
    bool change(const Subscription& subscription) override;
    bool remove(const Uuid& id) override;
    bool replay(const Uuid& id, std::int64_t after, std::int64_t until) override;
    bool take(const Uuid& subscription_id, const Progress& from, const Progress& to,
              std::span<const Delivery> taken) override;
    std::vector<Delivery> waiting(const Uuid& subscription_id) override;
    std::optional<std::string> body(const Uuid& subscription_id, std::int64_t sequence) override;
    void settle(const Uuid& subscription_id, std::span<const std::int64_t> delivered,
                std::span<const Delivery> failed) override;
    DeathCount deaths(const Uuid& subscription_id, Time since) override;
    std::vector<Delivery> list(const Uuid& subscription_id, Which which, std::int64_t after,
                               std::size_t limit) override;
    std::int64_t revive(const Uuid& subscription_id, std::optional<std::int64_t> sequence,
                        Time now) override;
    std::int64_t trim(const Uuid& subscription_id, Time before, std::size_t limit) override;
    std::vector<EventKey> keys() override;
    bool awaits(const std::string& key_id) override;
    bool add_keys(const std::string& newest, std::span<const EventKey> keys,
                  std::size_t keep) override;

 private:
    // What `work` does with a connection, one at a time.
    template <class F>
    auto with(F work);

    Connector connector_;
    std::mutex mutex_;
    std::unique_ptr<Connection> db_;
};

}  // namespace handin::store::postgres
