// Rows that a commit claims: each is written in one statement with its likes, which fails unless
// all of them are still what the decisions were made on.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "store/packed.hpp"
#include "store/postgres/claims.hpp"
#include "store/postgres/connection.hpp"

namespace handin::store::postgres {

void queue_submissions(Connection& db, const Claims& claims, std::int64_t stamp);
void queue_uploads(Connection& db, const Claims& claims);
// What is gone, and the bytes in rows that go with what was not handed in.
void queue_removed_uploads(Connection& db, const Claims& claims,
                           std::span<const domain::Changes* const> changes);

template <class Row>
struct Claimed {
    std::int64_t expected;
    const Row* row;
};

template <class Row, class Which>
std::vector<Claimed<Row>> pick(const std::map<Uuid, Claim<Row>>& claims, Which which) {
    std::vector<Claimed<Row>> picked;
    for (const auto& [id, claim] : claims)
        if (claim.last != nullptr && which(claim)) picked.push_back({claim.expected, claim.last});
    return picked;
}

template <class Row, class Field>
auto of(Field Row::* field) {
    return [field](const Claimed<Row>& claimed) -> const Field& { return claimed.row->*field; };
}

inline constexpr auto expected_of = [](const auto& claimed) { return claimed.expected; };
inline constexpr auto is_new = [](const auto& claim) { return claim.expected == 0; };
inline constexpr auto is_there = [](const auto& claim) { return claim.expected != 0; };

template <class Row, class Of>
std::vector<std::string> packed(const std::vector<Claimed<Row>>& rows, Of of) {
    std::vector<std::string> lists;
    lists.reserve(rows.size());
    for (const auto& claimed : rows)
        lists.push_back(pack(claimed.row->*of));
    return lists;
}

inline constexpr auto as_bytea = [](const std::string& bytes) { return Bytes{bytes}; };

}  // namespace handin::store::postgres
