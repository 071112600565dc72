// Deliveries in a SQLite database of their own: neither waits for the other's writer.
#pragma once

#include <filesystem>
#include <functional>
#include <mutex>

#include "base/process_lock.hpp"
#include "store/deliveries.hpp"
#include "store/sqlite/connection.hpp"

namespace handin::store::sqlite {

class SqliteDeliveries final : public Deliveries {
 public:
    // Opens or creates it. Throws std::runtime_error with a sentence for the operator.
    explicit SqliteDeliveries(const std::filesystem::path& file);

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
    enum class Durable : std::uint8_t { later, now };
    // A transaction if it returns true, undone otherwise.
    bool write(Durable durable, const std::function<bool()>& work);
    template <class F>
    auto ask(F work);

    std::mutex mutex_;
    ProcessLock lock_;
    Connection db_;
};

}  // namespace handin::store::sqlite
