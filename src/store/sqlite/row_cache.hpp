// Rows that a connection keeps between transactions: those of the roster, which hardly ever change,
// until a commit touches one of them; submissions until the next commit of any kind; attempts,
// which never change, for good.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <unordered_map>

#include "domain/decide.hpp"

namespace handin::store::sqlite {

// Raised by the writer after a commit that touches what a RosterCache may hold, before anybody is
// told of it.
using RosterGeneration = std::atomic<std::uint64_t>;

// Found rows by key. Rows that are not there are not remembered: they may be made up by a client.
template <class Key, class Row, class Hash = std::hash<Key>>
class Memo {
 public:
    template <class Find>
    std::optional<Row> get(const Key& key, Find find) {
        if (const auto known = rows_.find(key); known != rows_.end()) return known->second;
        auto row = find();
        if (row) {
            if (rows_.size() == kMostRows) rows_.clear();
            rows_.emplace(key, *row);
        }
        return row;
    }
    void clear() { rows_.clear(); }

 private:
    static constexpr std::size_t kMostRows = 4096;  // a few MiB for all memos of a connection

    std::unordered_map<Key, Row, Hash> rows_;
};

struct RosterCache {
    Memo<Uuid, domain::Account> accounts;
    Memo<Uuid, domain::Class> classes;
    Memo<Uuid, domain::Assignment> assignments;
    Memo<Uuid, domain::Integration> integrations;
    Memo<domain::MembershipKey, domain::Membership, domain::KeyHash> memberships;
    Memo<Digest256, domain::Token, domain::KeyHash> tokens;
    std::uint64_t generation = 0;

    // To be called before a transaction begins, with the generation of that moment.
    void follow(std::uint64_t now) {
        if (generation == now) return;
        *this = RosterCache();
        generation = now;
    }
};

using AttemptCache = Memo<Uuid, domain::Attempt>;

}  // namespace handin::store::sqlite
