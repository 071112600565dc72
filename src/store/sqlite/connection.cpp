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

template <std::size_t N>
std::array<std::uint8_t, N> fixed(const SQLite::Column& column) {
    std::array<std::uint8_t, N> bytes{};
    if (static_cast<std::size_t>(column.getBytes()) != N)
        throw std::runtime_error("a fixed-size column is damaged");
    std::memcpy(bytes.data(), column.getBlob(), N);
    return bytes;
}

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

Query& Query::bind(const Digest256& digest) {
    statement_->bindNoCopy(parameter_++, digest.data(), static_cast<int>(digest.size()));
    return *this;
}

Query& Query::bind(const Digest160& digest) {
    statement_->bindNoCopy(parameter_++, digest.data(), static_cast<int>(digest.size()));
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
    return {fixed<16>(column())};
}
Digest256 Query::digest256() {
    return fixed<32>(column());
}
Digest160 Query::digest160() {
    return fixed<20>(column());
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
    // KiB; see docs/operating.md. A reader's cache is emptied by every commit anyway.
    database_.exec(access == Access::read_only ? "PRAGMA cache_size = -4096"
                                               : "PRAGMA cache_size = -16384");
    database_.exec("PRAGMA temp_store = MEMORY");
    if (access == Access::read_only) return;
    database_.exec("PRAGMA journal_mode = WAL");
    database_.exec("PRAGMA synchronous = FULL");
    database_.exec("PRAGMA wal_autocheckpoint = 0");  // see checkpointer.hpp
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
