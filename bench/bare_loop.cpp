// What a submit costs at least: the rows that the server writes for one file of 6 KiB,
// group-committed durably by one thread that does nothing else. The schema, the pragmas and the
// two-step checkpoint are the server's own; the statements are prepared and bound through SQLite's
// C interface. Nothing is loaded, decided, parsed or rendered. Prints one JSON line.
//   bare_loop --file DATABASE [--depth 64] [--seconds 5] [--file-bytes 6144] [--event-bytes 1400]
// The database must not be there yet.

#include <sqlite3.h>

#include <CLI/CLI.hpp>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "base/hash.hpp"
#include "base/time.hpp"
#include "base/uuid.hpp"
#include "store/schema/schema.hpp"
#include "store/sqlite/checkpointer.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/migrate.hpp"

namespace {

using namespace handin;

struct Options {
    std::string file;
    unsigned depth = 64;  // submissions a transaction
    double seconds = 5;
    std::size_t file_bytes = 6144;
    std::size_t event_bytes = 1400;
};

class Statement {
 public:
    Statement(sqlite3* db, const char* sql) {
        if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle_, nullptr) !=
            SQLITE_OK)
            throw std::runtime_error(sqlite3_errmsg(db));
    }
    ~Statement() { sqlite3_finalize(handle_); }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    Statement& integer(std::int64_t value) {
        sqlite3_bind_int64(handle_, ++parameter_, value);
        return *this;
    }
    Statement& text(const std::string& value) {
        sqlite3_bind_text(handle_, ++parameter_, value.data(), static_cast<int>(value.size()),
                          SQLITE_STATIC);
        return *this;
    }
    template <class Bytes>
    Statement& blob(const Bytes& value) {
        sqlite3_bind_blob(handle_, ++parameter_, value.data(), static_cast<int>(value.size()),
                          SQLITE_STATIC);
        return *this;
    }
    void run() {
        if (sqlite3_step(handle_) != SQLITE_DONE)
            throw std::runtime_error(sqlite3_errmsg(sqlite3_db_handle(handle_)));
        sqlite3_reset(handle_);
        parameter_ = 0;
    }

 private:
    sqlite3_stmt* handle_ = nullptr;
    int parameter_ = 0;
};

// The statements of store/sqlite/writer.cpp.
struct Inserts {
    explicit Inserts(sqlite3* db)
        : begin(db, "BEGIN IMMEDIATE"),
          commit(db, "COMMIT"),
          submission(db,
                     "INSERT INTO submission (id, assignment_id, person_id, attempts, reclaimed,"
                     " submitted_at, created_at, updated_at, version, replays)"
                     " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
          attempt(db,
                  "INSERT INTO attempt (id, submission_id, number, actor_id, received_at,"
                  " submitted_at, committed_at, attachments, receipt_batch, receipt_index,"
                  " receipt_salt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
          attachment(db,
                     "INSERT INTO attachment (id, attempt_id, kind, title, description, url,"
                     " storage_id, size, sha256, sha1, in_row)"
                     " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
          row_bytes(db, "INSERT INTO row_bytes (storage_id, bytes) VALUES (?, ?)"),
          receipt_batch(db,
                        "INSERT INTO receipt_batch (id, committed_at, key, root, signature, leaves)"
                        " VALUES (?, ?, ?, ?, ?, ?)"),
          outbox(db, "INSERT INTO outbox (sequence, submission_id, event) VALUES (?, ?, ?)") {}

    Statement begin, commit, submission, attempt, attachment, row_bytes, receipt_batch, outbox;
};

class BareLoop {
 public:
    explicit BareLoop(const Options& options)
        : options_(options),
          db_(options.file, store::sqlite::Access::read_write),
          bytes_(options.file_bytes + kShift, '\0'),
          event_(options.event_bytes, 'e'),
          leaves_(options.depth * sizeof(Digest256), 'l'),
          random_(20241107) {
        store::sqlite::migrate(db_);
        for (auto& byte : bytes_)
            byte = static_cast<char>(random_());
        for (auto& byte : assignment_.bytes)
            byte = static_cast<std::uint8_t>(random_());
        checkpointer_ = std::make_unique<store::sqlite::Checkpointer>(options.file);
        inserts_ = std::make_unique<Inserts>(db_.database().getHandle());
        sqlite3_wal_hook(db_.database().getHandle(), note_log_length, &log_pages_);
    }

    // Returns how many submissions were made durable, and in how many seconds.
    std::pair<std::uint64_t, double> run() {
        using Clock = std::chrono::steady_clock;
        const auto start = Clock::now();
        const auto end = start + std::chrono::duration<double>(options_.seconds);
        auto now = start;
        std::uint64_t done = 0;
        for (; now < end; now = Clock::now()) {
            inserts_->begin.run();
            const auto batch = uuid_v7(SystemClock().now());
            for (unsigned i = 0; i < options_.depth; ++i)
                insert_submission(batch, i);
            insert_receipt_batch(batch);
            inserts_->commit.run();
            checkpointer_->after_commit(log_pages_, db_);
            done += options_.depth;
        }
        return {done, std::chrono::duration<double>(now - start).count()};
    }

 private:
    static constexpr std::size_t kShift =
        4096;  // each file starts somewhere else in the same bytes

    static int note_log_length(void* pages, sqlite3* /*db*/, const char* /*name*/, int length) {
        *static_cast<int*>(pages) = length;
        return SQLITE_OK;
    }

    // As random as a derived id, for nothing.
    Uuid random_id() {
        Uuid id;
        for (std::size_t at = 0; at < id.bytes.size(); at += 8) {
            const auto word = random_();
            std::memcpy(id.bytes.data() + at, &word, sizeof word);
        }
        return id;
    }

    void insert_submission(const Uuid& batch, unsigned index) {
        const auto now = SystemClock().now();
        const auto micros = to_micros(now);
        const auto submission = random_id();
        const auto person = random_id();
        const auto attempt = uuid_v7(now);
        const auto attachment = uuid_v7(now);
        const auto storage = uuid_v7(now);
        const auto salt = random_id();
        const std::string_view file(bytes_.data() + random_() % kShift, options_.file_bytes);
        inserts_->submission.blob(submission.bytes)
            .blob(assignment_.bytes)
            .blob(person.bytes)
            .blob(attempt.bytes)
            .integer(0)
            .integer(micros)
            .integer(micros)
            .integer(micros)
            .integer(1)
            .blob(std::string_view(""))
            .run();
        inserts_->attempt.blob(attempt.bytes)
            .blob(submission.bytes)
            .integer(1)
            .blob(person.bytes)
            .integer(micros)
            .integer(micros)
            .integer(micros)
            .blob(attachment.bytes)
            .blob(batch.bytes)
            .integer(index)
            .blob(salt.bytes)
            .run();
        inserts_->attachment.blob(attachment.bytes)
            .blob(attempt.bytes)
            .integer(0)
            .text(title_)
            .text(nothing_)
            .text(nothing_)
            .blob(storage.bytes)
            .integer(static_cast<std::int64_t>(file.size()))
            .blob(digest256_)
            .blob(digest160_)
            .integer(1)
            .run();
        inserts_->row_bytes.blob(storage.bytes).blob(file).run();
        inserts_->outbox.integer(++sequence_).blob(submission.bytes).text(event_).run();
    }

    // Nothing is hashed or signed here: what receipts cost the server is not in the reference.
    void insert_receipt_batch(const Uuid& batch) {
        inserts_->receipt_batch.blob(batch.bytes)
            .integer(to_micros(SystemClock().now()))
            .blob(digest256_)
            .blob(digest256_)
            .blob(signature_)
            .blob(leaves_)
            .run();
    }

    Options options_;
    store::sqlite::Connection db_;
    std::unique_ptr<store::sqlite::Checkpointer> checkpointer_;
    std::unique_ptr<Inserts> inserts_;
    int log_pages_ = 0;
    std::string bytes_;
    std::string event_;
    std::string leaves_;
    const std::string title_ = "essay.bin";
    const std::string nothing_;
    Digest256 digest256_{};
    Digest160 digest160_{};
    std::array<std::uint8_t, 64> signature_{};
    Uuid assignment_;
    std::mt19937_64 random_;
    std::int64_t sequence_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app{"The bare SQLite group-commit loop"};
    app.add_option("--file", options.file)->required()->check(CLI::NonexistentPath);
    app.add_option("--depth", options.depth)->check(CLI::PositiveNumber);
    app.add_option("--seconds", options.seconds)->check(CLI::PositiveNumber);
    app.add_option("--file-bytes", options.file_bytes);
    app.add_option("--event-bytes", options.event_bytes);
    CLI11_PARSE(app, argc, argv);
    try {
        const auto [done, seconds] = BareLoop(options).run();
        std::printf(
            "{\"bench\":\"bare_loop\",\"depth\":%u,\"file_bytes\":%zu,\"event_bytes\":%zu,"
            "\"seconds\":%.3f,\"submissions\":%llu,\"per_second\":%.1f}\n",
            options.depth, options.file_bytes, options.event_bytes, seconds,
            static_cast<unsigned long long>(done), static_cast<double>(done) / seconds);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bare_loop: %s\n", error.what());
        return 1;
    }
}
