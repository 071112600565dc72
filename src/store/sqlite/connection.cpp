#include "store/sqlite/connection.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>

#include "base/log.hpp"

namespace handin::store::sqlite {
namespace {

int flags_for(Access access) {
    // One thread at a time uses a connection, so SQLite's own mutexes are not needed.
    return SQLITE_OPEN_NOMUTEX |
           (access == Access::read_write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                         : SQLITE_OPEN_READONLY);
}

constexpr int kBusyMillis = 5000;  // another connection recovering or checkpointing the log

}  // namespace

Query::~Query() {
    statement_->tryReset();
    statement_->clearBindings();
}

Query& Query::bind(std::int64_t value) {
    statement_->bind(parameter_++, value);
    return *this;
}

Query& Query::bind(double value) {
    statement_->bind(parameter_++, value);
    return *this;
}

Query& Query::bind(const std::string& text) {
    statement_->bindNoCopy(parameter_++, text);
    return *this;
}

Query& Query::bind_blob(std::string_view bytes) {
    statement_->bindNoCopy(parameter_++, bytes.data() ? bytes.data() : "",
                           static_cast<int>(bytes.size()));
    return *this;
}

Query& Query::bind(const Uuid& id) {
    statement_->bindNoCopy(parameter_++, id.bytes.data(), static_cast<int>(id.bytes.size()));
    return *this;
}

Query& Query::bind_null() {
    statement_->bind(parameter_++);
    return *this;
}

std::int64_t Query::integer() {
    return column().getInt64();
}
double Query::real() {
    return column().getDouble();
}

std::string Query::text() {
    const auto value = column();
    const char* text = value.getText("");
    return {text, static_cast<std::size_t>(value.getBytes())};
}

std::string Query::blob() {
    const auto value = column();
    const auto* bytes = static_cast<const char*>(value.getBlob());
    return bytes == nullptr ? std::string()
                            : std::string(bytes, static_cast<std::size_t>(value.getBytes()));
}

Uuid Query::id() {
    return {bytes<16>()};
}

void Query::copy_fixed(std::span<std::uint8_t> out) {
    const auto value = column();
    if (static_cast<std::size_t>(value.getBytes()) != out.size())
        throw std::runtime_error("a fixed-size column is damaged");
    std::memcpy(out.data(), value.getBlob(), out.size());
}

bool Query::null() {
    if (!statement_->isColumnNull(column_)) return false;
    ++column_;
    return true;
}

std::optional<Time> Query::optional_time() {
    return null() ? std::nullopt : std::optional(time());
}

std::optional<Uuid> Query::optional_id() {
    return null() ? std::nullopt : std::optional(id());
}

Connection::Connection(const std::filesystem::path& file, Access access)
    : database_(file.string(), flags_for(access), kBusyMillis) {
    // KiB; see docs/operating.md. A reader's cache is emptied by every commit, but
    // for that of the roster.
    database_.exec(access == Access::read_only ? "PRAGMA cache_size = -4096"
                                               : "PRAGMA cache_size = -16384");
    database_.exec("PRAGMA temp_store = MEMORY");
    if (access == Access::read_only) return;
    database_.exec("PRAGMA journal_mode = WAL");
    database_.exec("PRAGMA synchronous = FULL");
    database_.exec("PRAGMA wal_autocheckpoint = 0");  // see checkpointer.hpp
    // Only ~SqliteStore knows whether the log may go.
    sqlite3_db_config(database_.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

bool Connection::full(int result) {
    if ((result & 0xff) == SQLITE_FULL) return true;
    if (result != SQLITE_IOERR_WRITE) return false;
    for (const int which : {SQLITE_FCNTL_JOURNAL_POINTER, SQLITE_FCNTL_FILE_POINTER}) {
        sqlite3_file* file = nullptr;
        sqlite3_file_control(database_.getHandle(), nullptr, which, &file);
        if (file == nullptr || file->pMethods == nullptr) continue;
        int error = 0;
        file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &error);
        if (error == EDQUOT) return true;
    }
    return false;
}

void Connection::try_exec(const char* sql) noexcept {
    try {
        auto& prepared = statement(sql);
        prepared.tryExecuteStep();
        prepared.tryReset();
    } catch (const std::exception& error) {
        log::error("a statement could not be prepared", {{"error", error.what()}});
    }
}

SQLite::Statement& Connection::statement(const char* sql) {
    auto& found = statements_[sql];
    if (!found) found = std::make_unique<SQLite::Statement>(database_, sql);
    return *found;
}

}  // namespace handin::store::sqlite
