// Moves a site from one database to another, table by table, without loss.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/hash.hpp"
#include "store/tables.hpp"

namespace handin::store {

struct MovedTable {
    std::string name;
    std::uint64_t rows = 0;
    Digest256 digest{};  // of all rows in the order of the key

    bool operator==(const MovedTable&) const = default;
};

struct Move {
    bool was_done = false;  // by an earlier call: nothing was read or written
    std::vector<MovedTable> tables;
};

// Copies every table and compares all of it afterwards. May be interrupted at any moment and called
// again: each page of rows is one transaction, with a note of how far it is. Memory does not grow
// with the site. Nobody may write to either database meanwhile. Throws std::runtime_error with a
// sentence for the operator: the target has another site, or a table differs afterwards.
Move move_site(Tables& from, Tables& to, const std::function<void(const std::string&)>& say);

// Copies every table into a new database that is thrown away if it does not come to the end.
void copy_site(Tables& from, Tables& to, const std::function<void(const std::string&)>& say);

// Whether a database with this note has only a part of a site.
bool is_move_under_way(const std::string& note);

}  // namespace handin::store
