// A committer's hold on the database (docs/decisions/0011-postgresql.md): loads outside of any
// transaction, and commits in one that is sent whole and fails unless every row is still what the
// decisions were made on.
#pragma once

#include <memory>
#include <optional>
#include <unordered_map>

#include "store/postgres/batch_clock.hpp"
#include "store/postgres/claims.hpp"
#include "store/postgres/connector.hpp"
#include "store/postgres/reader.hpp"
#include "store/store.hpp"

namespace handin::store::postgres {

class PostgresWriter final : public Writer {
 public:
    // `tools` and `stamps` are shared by the store's writers. `committed` is called after each
    // commit.
    PostgresWriter(ReadTools tools, BatchClock& stamps, std::function<void()> committed)
        : tools_(tools), stamps_(stamps), committed_(std::move(committed)) {}

    void load(const domain::Keys& keys, domain::State& state) override;
    void commit(std::span<const domain::Changes* const> changes) override;
    void abandon() noexcept override;

 private:
    using Changes = std::span<const domain::Changes* const>;

    void connect();
    Roster known_roster();
    void load_once(const domain::Keys& keys, domain::State& state);
    void ask_unknown(const Claims& claims);
    void write(Changes changes, const Claims& claims, const Uuid& batch);
    void queue_claims(const Claims& claims, std::int64_t stamp);
    void queue_usages(const Claims& claims);
    bool has_taken_effect(const Uuid& batch);
    std::vector<std::size_t> outdated(const Claims& claims, std::size_t changes);

    ReadTools tools_;
    BatchClock& stamps_;
    std::function<void()> committed_;
    std::unique_ptr<Connection> db_;
    std::uint64_t era_ = 0;
    // What this batch has been loaded from.
    std::optional<Roster> roster_;
    std::unordered_map<Uuid, std::int64_t> upload_versions_;
    std::unordered_map<Uuid, domain::UploadUsage> usages_;
};

}  // namespace handin::store::postgres
