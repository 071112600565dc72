#include "store/postgres/site_tables.hpp"

#include <algorithm>
#include <stdexcept>

#include "store/postgres/migrate.hpp"
#include "store/postgres/sequence.hpp"

namespace handin::store::postgres {
namespace {

// Whole tables are read and sorted: plans for a few rows by key (connection.cpp) do not fit.
constexpr const char* kSession =
    "SET statement_timeout = '10min'; SET lock_timeout = '10s';"
    " SET idle_in_transaction_session_timeout = 0; SET plan_cache_mode = force_custom_plan;"
    " RESET enable_seqscan; RESET enable_hashjoin; RESET enable_mergejoin;"
    " RESET enable_bitmapscan";
constexpr const char* kSnapshot = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
constexpr const char* kSchema = "SELECT coalesce(max(number), 0) FROM migration";
constexpr const char* kServers =
    "SELECT name FROM lease WHERE name = $1 AND expires_at > clock_timestamp()";
constexpr const char* kColumns =
    "SELECT c.relname::text, a.attname::text, t.typname::text,"
    " coalesce(array_position(i.indkey::int2[], a.attnum), -1)::bigint FROM pg_class c"
    " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
    " JOIN pg_type t ON t.oid = a.atttypid"
    " LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary"
    " WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace"
    " ORDER BY c.relname COLLATE \"C\", a.attname COLLATE \"C\"";
constexpr const char* kNote = "SELECT value FROM setting WHERE name = $1";
constexpr const char* kSetNote =
    "INSERT INTO setting (name, value) VALUES ($1, $2)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value";

// Tables that only this engine has (schema/postgres/): they begin as in a new database.
// What goes out is apart from the site with SQLite too (store/deliveries.hpp).
constexpr std::string_view kOwnTables[] = {"batch",     "delivery", "event_key",    "lease",
                                           "migration", "roster",   "sequence_end", "subscription"};

// Columns that only this engine has, and what they are in a row that comes from elsewhere.
struct OwnColumn {
    std::string_view table;
    std::string_view column;
    std::string_view value;
};
constexpr OwnColumn kOwnColumns[] = {
    {"submission", "stamp", "0"},  // before every batch's
    {"upload", "version", "1"},
};

bool own_column(std::string_view table, std::string_view column) {
    return std::ranges::any_of(kOwnColumns, [&](const OwnColumn& each) {
        return each.table == table && each.column == column;
    });
}

ColumnKind kind_of(const std::string& type) {
    if (type == "int8" || type == "bool") return ColumnKind::integer;
    if (type == "float8") return ColumnKind::real;
    if (type == "text") return ColumnKind::text;
    if (type == "bytea" || type == "uuid") return ColumnKind::bytes;
    throw std::logic_error("columns of type " + type + " cannot be moved");
}

// The outbox as SQLite has it; here the sequence is that of the batch.
constexpr std::string_view kOutbox = "outbox";
Table outbox() {
    return {.name = std::string(kOutbox),
            .columns = {{"event", ColumnKind::text},
                        {"sequence", ColumnKind::integer},
                        {"submission_id", ColumnKind::bytes}},
            .key = {1}};
}
constexpr const char* kAppended =
    "SELECT o.event, b.first_sequence + o.position, o.submission_id FROM batch b"
    " JOIN outbox o ON o.batch_id = b.id WHERE b.first_sequence >="
    " coalesce((SELECT p.first_sequence FROM batch p WHERE p.first_sequence <= $1"
    "           ORDER BY p.first_sequence DESC LIMIT 1), 1)"
    " AND b.first_sequence + o.position > $1 ORDER BY b.first_sequence, o.position LIMIT $2";
// Those that a snapshot has met before they were appended, as they would be.
constexpr const char* kToAppend =
    "SELECT o.event, n.first + o.position, o.submission_id FROM"
    " (SELECT b.id, (e.next + sum(b.events) OVER (ORDER BY b.stamp, b.id) - b.events)::bigint AS "
    "first"
    "  FROM batch b, sequence_end e WHERE b.first_sequence IS NULL AND b.events > 0) AS n"
    " JOIN outbox o ON o.batch_id = n.id WHERE n.first + o.position > $1"
    " ORDER BY 2 LIMIT $2";
constexpr const char* kInsertBatch =
    "INSERT INTO batch (id, stamp, events, first_sequence, void) VALUES ($1, 0, $2, $3, false)";
constexpr const char* kInsertEvents =
    "INSERT INTO outbox (batch_id, position, submission_id, event)"
    " SELECT $1::uuid, * FROM unnest($2::bigint[], $3::uuid[], $4::text[])";
constexpr const char* kSetEnd = "UPDATE sequence_end SET next = $1";

std::string quoted(const std::string& name) {
    return '"' + name + '"';
}

// One that no batch of a server has, and two moves at once would both make.
Uuid batch_of(std::int64_t first_sequence) {
    static constexpr Uuid kSpace{};
    return uuid_v5(kSpace, "moved from sequence " + std::to_string(first_sequence));
}

Uuid id_in(const Value& value) {
    const auto& bytes = std::get<Blob>(value).bytes;
    Uuid id;
    if (bytes.size() != id.bytes.size()) throw std::runtime_error("an id has the wrong length");
    std::ranges::copy(bytes, id.bytes.begin());
    return id;
}

// What `as` makes of a value that is not NULL.
template <class As>
auto optional_of(const Value& value, As as) {
    using Result = std::invoke_result_t<As&, const Value&>;
    return std::holds_alternative<std::monostate>(value) ? std::optional<Result>()
                                                         : std::optional<Result>(as(value));
}

// Calls `with` with the function that makes a value of this type from ours.
template <class With>
void as_type(const std::string& type, With with) {
    if (type == "uuid") return with(id_in);
    if (type == "bytea")
        return with([](const Value& value) { return Bytes{std::get<Blob>(value).bytes}; });
    if (type == "bool")
        return with([](const Value& value) { return std::get<std::int64_t>(value) != 0; });
    if (type == "int8")
        return with([](const Value& value) { return std::get<std::int64_t>(value); });
    if (type == "float8") return with([](const Value& value) { return std::get<double>(value); });
    with([](const Value& value) { return std::get<std::string>(value); });
}

Value value_of(Rows& rows, const std::string& type) {
    if (rows.null()) return {};
    if (type == "bool") return std::int64_t{rows.flag()};
    if (type == "int8") return rows.integer();
    if (type == "float8") return rows.real();
    if (type == "text") return rows.text();
    return Blob{rows.blob()};
}

std::string select_of(const Table& table, const std::vector<std::string>& types,
                      bool from_the_first) {
    std::string columns, key, order, places;
    for (const auto& column : table.columns)
        columns += (columns.empty() ? "" : ", ") + quoted(column.name);
    for (std::size_t i = 0; i < table.key.size(); ++i) {
        const auto index = table.key[i];
        // As bytes are compared elsewhere.
        key += (i == 0 ? "" : ", ") + quoted(table.columns[index].name) +
               (types[index] == "text" ? " COLLATE \"C\"" : "");
        places += (i == 0 ? "$" : ", $") + std::to_string(i + 2) + "::" + types[index];
    }
    return "SELECT " + columns + " FROM " + quoted(table.name) + " WHERE " +
           (from_the_first ? "true" : '(' + key + ") > (" + places + ')') +
           (table.name == "setting" ? " AND name <> '" + std::string(kMoveSetting) + '\'' : "") +
           " ORDER BY " + key + " LIMIT $1";
}

std::string insert_of(const Table& table, const std::vector<std::string>& types) {
    std::string columns, arrays, more;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        columns += (i == 0 ? "" : ", ") + quoted(table.columns[i].name);
        arrays += (i == 0 ? "$" : ", $") + std::to_string(i + 1) + "::" + types[i] + "[]";
    }
    for (const auto& each : kOwnColumns)
        if (each.table == table.name) {
            columns += ", " + quoted(std::string(each.column));
            more += ", " + std::string(each.value);
        }
    return "INSERT INTO " + quoted(table.name) + " (" + columns + ") SELECT u.*" + more +
           " FROM unnest(" + arrays + ") AS u";
}

}  // namespace

SiteTables::SiteTables(const std::string& url, Use use) try : db_(url) {
    if (use == Use::target) migrate(db_);
    db_.script(kSession);
    auto rows = db_.queue(kSchema).run();
    rows[0].next();
    if (rows[0].integer() != static_cast<std::int64_t>(schema::postgres_migrations().size()))
        throw std::runtime_error(
            "the database is of another version of handin: start this one on it "
            "once, and stop it");
    if (use != Use::snapshot) require_no_server();
    append_all(db_);
    if (use == Use::snapshot) db_.script(kSnapshot);
} catch (const Refused& error) {
    throw std::runtime_error(error.is("42P01") ? "the database is not one of handin's"
                                               : std::string("the database: ") + error.what());
} catch (const Lost& error) {
    throw std::runtime_error(std::string("the database: ") + error.what());
}

void SiteTables::require_no_server() {
    const std::string lease = kAppendLease;
    auto rows = db_.queue(kServers, std::move(Parameters().add(lease))).run();
    if (rows[0].next())
        throw std::runtime_error(
            "a handin server uses the database, or did five seconds ago: stop all of them");
}

std::vector<Table> SiteTables::tables() {
    std::vector<Table> tables;
    std::map<std::string, std::map<std::int64_t, std::size_t>> keys;
    auto rows = db_.queue(kColumns).run();
    while (rows[0].next()) {
        const auto name = rows[0].text();
        const auto column = rows[0].text();
        const auto type = rows[0].text();
        const auto place = rows[0].integer();
        const bool own_table = std::ranges::find(kOwnTables, name) != std::ranges::end(kOwnTables);
        if (name == kOutbox || own_table || own_column(name, column)) continue;
        if (tables.empty() || tables.back().name != name) {
            tables.push_back({.name = name, .columns = {}, .key = {}});
            types_[name].clear();
        }
        if (place >= 0) keys[name].emplace(place, tables.back().columns.size());
        tables.back().columns.push_back({column, kind_of(type)});
        types_[name].push_back(type);
    }
    for (auto& table : tables)
        for (const auto& [place, index] : keys[table.name])
            table.key.push_back(index);
    tables.push_back(outbox());
    std::ranges::sort(tables, {}, &Table::name);
    return tables;
}

const std::vector<std::string>& SiteTables::types_of(const Table& table) const {
    return types_.at(table.name);
}

std::vector<Row> SiteTables::read(const Table& table, const Row& after, std::size_t limit) {
    if (table.name == kOutbox) return read_events(after, limit);
    const auto& types = types_of(table);
    Parameters parameters;
    parameters.add(limit);
    for (std::size_t i = 0; i < after.size(); ++i)
        as_type(types[table.key[i]], [&](auto as) { parameters.add(as(after[i])); });
    auto answer =
        db_.queue(kept(select_of(table, types, after.empty())), std::move(parameters)).run();
    std::vector<Row> rows;
    while (answer[0].next()) {
        auto& row = rows.emplace_back();
        for (const auto& type : types)
            row.push_back(value_of(answer[0], type));
    }
    return rows;
}

std::vector<Row> SiteTables::read_events(const Row& after, std::size_t limit) {
    const auto last = after.empty() ? 0 : std::get<std::int64_t>(after[0]);
    std::vector<Row> rows;
    for (const auto* sql : {kAppended, kToAppend}) {
        if (!rows.empty()) break;
        auto answer = db_.queue(sql, std::move(Parameters().add(last).add(limit))).run();
        while (answer[0].next()) {
            auto& row = rows.emplace_back();
            row.emplace_back(answer[0].text());
            row.emplace_back(answer[0].integer());
            row.emplace_back(Blob{answer[0].blob()});
        }
    }
    return rows;
}

// Each run of sequence numbers without a gap is a batch.
void SiteTables::queue_events(std::span<const Row> rows) {
    const auto sequence = [&](std::size_t i) { return std::get<std::int64_t>(rows[i][1]); };
    for (std::size_t first = 0, end = 0; first < rows.size(); first = end) {
        end = first + 1;
        while (end < rows.size() && sequence(end) == sequence(end - 1) + 1)
            ++end;
        const auto events = rows.subspan(first, end - first);
        const auto id = batch_of(sequence(first));
        std::vector<std::int64_t> positions;
        for (std::size_t i = 0; i < events.size(); ++i)
            positions.push_back(static_cast<std::int64_t>(i));
        db_.queue(kInsertBatch,
                  std::move(Parameters().add(id).add(events.size()).add(sequence(first))));
        db_.queue(kInsertEvents,
                  std::move(Parameters()
                                .add(id)
                                .column(positions)
                                .column(events, [](const Row& row) { return id_in(row[2]); })
                                .column(events, [](const Row& row) {
                                    return std::get<std::string>(row[0]);
                                })));
        db_.queue(kSetEnd, std::move(Parameters().add(sequence(end - 1) + 1)));
    }
}

void SiteTables::write(const Table& table, std::span<const Row> rows, const std::string& note) {
    db_.queue("BEGIN");
    if (table.name == kOutbox) {
        queue_events(rows);
    } else if (!rows.empty()) {
        const auto& types = types_of(table);
        Parameters parameters;
        for (std::size_t i = 0; i < types.size(); ++i)
            as_type(types[i], [&](auto as) {
                parameters.column(rows, [&](const Row& row) { return optional_of(row[i], as); });
            });
        db_.queue(kept(insert_of(table, types)), std::move(parameters));
    }
    const std::string name = kMoveSetting;
    db_.queue(kSetNote, std::move(Parameters().add(name).add(note))).queue("COMMIT").run(true);
}

std::optional<std::string> SiteTables::note() {
    const std::string name = kMoveSetting;
    auto rows = db_.queue(kNote, std::move(Parameters().add(name))).run();
    return rows[0].next() ? std::optional(rows[0].text()) : std::nullopt;
}

}  // namespace handin::store::postgres
