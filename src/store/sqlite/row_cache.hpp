// Rows that the store keeps in memory between transactions, for all of its connections: those of
// the roster until a commit touches the roster, and attempts, which never change. Submissions are
// not kept: one from before a commit beside another from after it would tear a snapshot.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

#include "domain/decide.hpp"

namespace handin::store::sqlite {

// Which roster a transaction sees: raised after a commit that touches it, before anybody is told.
using Generation = std::uint64_t;

// Found rows by key. Rows that are not there are not remembered: they may be made up by a client.
// Thread-safe.
template <class Key, class Row, class Hash = std::hash<Key>>
class Memo {
 public:
    // The row of that generation, which was read before the transaction began. `find` looks into
    // the transaction.
    template <class Find>
    std::optional<Row> get(const Key& key, Generation generation, Find find) {
        {
            std::lock_guard lock(mutex_);
            if (generation_ == generation)
                if (const auto kept = rows_.find(key); kept != rows_.end()) return kept->second;
        }
        auto row = find();
        if (row) keep(key, generation, *row);
        return row;
    }

 private:
    using Rows = std::unordered_map<Key, Row, Hash>;
    static constexpr std::size_t kMostRows = 16384;  // of the largest rows: some 10 MiB

    void keep(const Key& key, Generation generation, const Row& row) {
        Rows dropped;  // destroyed when nobody waits for the lock any more
        std::lock_guard lock(mutex_);
        if (generation < generation_) return;
        if (generation > generation_ || rows_.size() == kMostRows)
            dropped = std::exchange(rows_, {});
        generation_ = generation;
        rows_.try_emplace(key, row);
    }

    std::mutex mutex_;
    Generation generation_ = 0;
    Rows rows_;
};

struct RowCache {
    std::atomic<Generation> generation = 1;
    Memo<Uuid, domain::Account> accounts;
    Memo<Uuid, domain::Class> classes;
    Memo<Uuid, domain::Person> people;
    Memo<Uuid, domain::Assignment> assignments;
    Memo<Uuid, domain::Integration> integrations;
    Memo<domain::MembershipKey, domain::Membership, domain::KeyHash> memberships;
    Memo<Digest256, domain::Token, domain::KeyHash> tokens;
    Memo<Uuid, domain::Attempt> attempts;
};

}  // namespace handin::store::sqlite
