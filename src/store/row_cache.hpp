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
#include <vector>

#include "domain/decide.hpp"

namespace handin::store {

// Which roster a transaction sees: raised after a commit that touches it, before anybody is told.
// Tokens are added without raising it, and forgotten long after they have expired; to take one back
// raises it (domain::touches_roster).
using Generation = std::uint64_t;

// Bytes of a row in memory, roughly.
inline std::size_t weight(const domain::Account& row) {
    return sizeof row;
}
inline std::size_t weight(const domain::Person& row) {
    return sizeof row + 128;
}
inline std::size_t weight(const domain::Integration& row) {
    return sizeof row;
}
inline std::size_t weight(const domain::Membership& row) {
    return sizeof row;
}
inline std::size_t weight(const domain::Token& row) {
    return sizeof row;
}
inline std::size_t weight(const domain::Class& row) {
    return sizeof row + row.description.size();
}
inline std::size_t weight(const domain::Assignment& row) {
    auto bytes = sizeof row + row.description.size() + row.assignees.size() * sizeof(Uuid) +
                 row.keys.size() * sizeof(domain::ReplayKey);
    const auto& details = row.details;
    bytes += details.plain_description.size() + details.section_ids.size() * sizeof(Uuid);
    for (const auto& item : details.materials)
        bytes += sizeof item + item.title.size() + item.description.size() + item.url.size() +
                 item.text.size();
    for (const auto& [name, text] : details.extras)
        bytes += 64 + name.size() + text.size();
    return bytes;
}
inline std::size_t weight(const std::vector<domain::Grant>& rows) {
    return sizeof rows + rows.size() * (sizeof(domain::Grant) + 32);
}
inline std::size_t weight(const domain::Attempt& row) {
    std::size_t bytes = sizeof row;
    for (const auto& item : row.attachments)
        bytes += sizeof item + item.title.size() + item.description.size() + item.url.size();
    return bytes;
}

// Found rows by key. Rows that are not there are not remembered: they may be made up by a client.
// Thread-safe.
template <class Key, class Row, class Hash = std::hash<Key>>
class Memo {
 public:
    // The row of that generation, which was read before the transaction began. `find` looks into
    // the transaction.
    template <class Find>
    std::optional<Row> get(const Key& key, Generation generation, Find find) {
        auto row = kept(key, generation);
        if (row) return row;
        row = find();
        if (row) keep(key, generation, *row);
        return row;
    }

    // The same in two steps: what is there, and what was found.
    std::optional<Row> kept(const Key& key, Generation generation) {
        std::lock_guard lock(mutex_);
        if (generation_ == generation)
            if (const auto found = rows_.find(key); found != rows_.end()) return found->second;
        return std::nullopt;
    }

    void keep(const Key& key, Generation generation, const Row& row) {
        if (weight(row) > kLargestRow) return;
        Rows dropped;  // destroyed when nobody waits for the lock any more
        std::lock_guard lock(mutex_);
        if (generation < generation_) return;
        const auto bytes = kEntry + weight(row);
        if (generation > generation_ || bytes_ + bytes > kMostBytes) {
            dropped = std::exchange(rows_, {});
            bytes_ = 0;
        }
        generation_ = generation;
        if (rows_.try_emplace(key, row).second) bytes_ += bytes;
    }

 private:
    using Rows = std::unordered_map<Key, Row, Hash>;
    static constexpr std::size_t kMostBytes = 8 * 1024 * 1024;  // some 16,000 people
    static constexpr std::size_t kLargestRow = 8 * 1024;  // bytes; it is copied under the lock
    static constexpr std::size_t kEntry = 64;             // bytes: the key, and what a map needs

    std::mutex mutex_;
    Generation generation_ = 0;
    std::size_t bytes_ = 0;
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
    Memo<Uuid, std::vector<domain::Grant>> grants;  // by holder; none is remembered too
};

}  // namespace handin::store
