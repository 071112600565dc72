#include "store/move.hpp"

#include <algorithm>
#include <bit>
#include <sstream>
#include <stdexcept>

#include "base/encoding.hpp"

namespace handin::store {
namespace {

constexpr std::size_t kPage = 500;  // rows a transaction: of the largest, some 16 MiB
constexpr std::string_view kUnderWay = "under way";
constexpr std::string_view kDone = "done";

[[noreturn]] void refuse(const std::string& why) {
    throw std::runtime_error(why);
}

void put(std::string& out, char tag, std::uint64_t number) {
    out += tag;
    for (int shift = 56; shift >= 0; shift -= 8)
        out += static_cast<char>(number >> static_cast<unsigned>(shift) & 0xffU);
}

void put(std::string& out, char tag, const std::string& bytes) {
    put(out, tag, bytes.size());
    out += bytes;
}

// The same bytes for the same values, whichever engine they come from.
std::string encoded(const Row& row) {
    struct Put {
        std::string& out;
        void operator()(std::monostate) const { out += '0'; }
        void operator()(std::int64_t value) const {
            put(out, 'i', static_cast<std::uint64_t>(value));
        }
        void operator()(double value) const { put(out, 'r', std::bit_cast<std::uint64_t>(value)); }
        void operator()(const std::string& value) const { put(out, 't', value); }
        void operator()(const Blob& value) const { put(out, 'b', value.bytes); }
    };
    std::string out;
    for (const auto& value : row)
        std::visit(Put{out}, value);
    return out;
}

std::uint64_t number_at(const std::string& bytes, std::size_t at) {
    if (at + 8 > bytes.size()) refuse("the note of the move is damaged");
    std::uint64_t number = 0;
    for (std::size_t i = at; i < at + 8; ++i)
        number = number << 8U | static_cast<unsigned char>(bytes[i]);
    return number;
}

Row decoded(const std::string& bytes) {
    Row row;
    for (std::size_t at = 0; at < bytes.size();) {
        const char tag = bytes[at];
        const auto number = number_at(bytes, at + 1);
        at += 9;
        if (tag == 'i') {
            row.emplace_back(static_cast<std::int64_t>(number));
        } else if ((tag == 't' || tag == 'b') && number <= bytes.size() - at) {
            auto text = bytes.substr(at, number);
            at += number;
            tag == 't' ? row.emplace_back(std::move(text))
                       : row.emplace_back(Blob{std::move(text)});
        } else {
            refuse("the note of the move is damaged");
        }
    }
    return row;
}

Row key_of(const Table& table, const Row& row) {
    Row key;
    for (const auto index : table.key)
        key.push_back(row[index]);
    return key;
}

// Calls `see` with every page of the table after `after`.
template <class See>
void each_page(Tables& from, const Table& table, Row after, const See& see) {
    for (;;) {
        const auto rows = from.read(table, after, kPage);
        if (rows.empty()) return;
        after = key_of(table, rows.back());
        see(rows, after);
    }
}

// How far a move is: which table, and after which key.
struct Note {
    std::string from;  // which site
    std::string table;
    Row after;

    std::string text() const {
        return std::string(kUnderWay) + ' ' + from + ' ' + table + ' ' +
               (after.empty() ? "-" : hex(as_bytes(encoded(after))));
    }
    static Note parse(const std::string& text) {
        std::istringstream in(text.substr(std::min(kUnderWay.size(), text.size())));
        Note note;
        std::string after;
        if (!is_move_under_way(text) || !(in >> note.from >> note.table >> after))
            refuse("the note of the move is damaged");
        if (after == "-") return note;
        const auto bytes = hex_decode(after);
        if (!bytes) refuse("the note of the move is damaged");
        note.after = decoded(*bytes);
        return note;
    }
};

MovedTable digest_of(Tables& of, const Table& table,
                     const std::function<void(const std::string&)>& say) {
    MovedTable found{.name = table.name, .rows = 0, .digest = {}};
    Sha256 hash;
    each_page(of, table, {}, [&](const std::vector<Row>& rows, const Row&) {
        for (const auto& row : rows) {
            const auto bytes = encoded(row);
            hash.update(as_bytes(bytes));
        }
        found.rows += rows.size();
        say("comparing " + table.name + ": " + std::to_string(found.rows));
    });
    found.digest = hash.finish();
    return found;
}

// The settings are made once, with keys that are drawn for this site.
std::string site_of(Tables& from, const std::vector<Table>& tables) {
    const auto setting = std::ranges::find(tables, "setting", &Table::name);
    if (setting == tables.end()) refuse("the database is not one of handin's");
    const auto digest = digest_of(from, *setting, [](const auto&) {}).digest;
    return hex(std::span(digest).first(12));
}

void require_same(const std::vector<Table>& from, const std::vector<Table>& to) {
    for (const auto& [one, other] : {std::pair(&from, &to), std::pair(&to, &from)})
        for (const auto& table : *one)
            if (std::ranges::find(*other, table) == other->end())
                refuse("the databases do not have the same table " + table.name);
}

void copy(Tables& from, Tables& to, const std::vector<Table>& tables, Note note,
          const std::function<void(const std::string&)>& say) {
    auto first = std::ranges::find(tables, note.table, &Table::name);
    if (first == tables.end()) refuse("the note of the move is damaged");
    for (; first != tables.end(); ++first, note.after.clear()) {
        std::uint64_t count = 0;
        each_page(from, *first, note.after, [&](const std::vector<Row>& rows, const Row& after) {
            to.write(*first, rows,
                     Note{.from = note.from, .table = first->name, .after = after}.text());
            count += rows.size();
            say("copying " + first->name + ": " + std::to_string(count));
        });
    }
}

std::vector<MovedTable> compared(Tables& from, Tables& to, const std::vector<Table>& tables,
                                 const std::function<void(const std::string&)>& say) {
    std::vector<MovedTable> found;
    for (const auto& table : tables) {
        found.push_back(digest_of(from, table, say));
        const auto there = digest_of(to, table, say);
        if (there != found.back())
            refuse("the table " + table.name + " has not become the same (" +
                   std::to_string(found.back().rows) + " rows here, " + std::to_string(there.rows) +
                   " there): was a server at work meanwhile? Move again, into an empty database");
    }
    return found;
}

}  // namespace

bool is_move_under_way(const std::string& note) {
    return note.starts_with(kUnderWay);
}

Move move_site(Tables& from, Tables& to, const std::function<void(const std::string&)>& say) {
    const auto tables = from.tables();
    require_same(tables, to.tables());
    if (const auto note = from.note(); note && is_move_under_way(*note))
        refuse("--from has only a part of a site: finish the move into it first");
    const auto site = site_of(from, tables);
    const auto note = to.note();
    if (note == std::string(kDone) + ' ' + site) return {.was_done = true, .tables = {}};
    const bool again = note && is_move_under_way(*note);
    const auto begin =
        again ? Note::parse(*note) : Note{.from = site, .table = tables.front().name, .after = {}};
    if (begin.from != site) refuse("--to has a part of another site: use an empty database");
    for (const auto& table : tables)
        if (!again && !to.read(table, {}, 1).empty())
            refuse("--to has data already (table " + table.name + "): use an empty database");
    if (!again) to.write(tables.front(), {}, begin.text());
    copy(from, to, tables, begin, say);
    Move move{.was_done = false, .tables = compared(from, to, tables, say)};
    to.write(tables.front(), {}, std::string(kDone) + ' ' + site);
    return move;
}

void copy_site(Tables& from, Tables& to, const std::function<void(const std::string&)>& say) {
    const auto tables = from.tables();
    require_same(tables, to.tables());
    const auto site = site_of(from, tables);
    copy(from, to, tables, {.from = site, .table = tables.front().name, .after = {}}, say);
    to.write(tables.front(), {}, std::string(kDone) + ' ' + site);
}

}  // namespace handin::store
