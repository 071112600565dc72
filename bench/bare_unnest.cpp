// What a submit costs at least on PostgreSQL: the rows that the server writes for one file of 6
// KiB, by connections that do nothing else, each batch as arrays for unnest() in one round trip.
// The schema is the server's own. Nothing is loaded, checked, decided, hashed or rendered. Prints
// one JSON line.
//   bare_unnest --url URL [--depth 64] [--connections 2] [--seconds 5] [--file-bytes 6144]
//               [--event-bytes 1400]
// `depth` submissions are under way at a time, on all connections together.

#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "domain/changes.hpp"
#include "store/postgres/connection.hpp"
#include "store/postgres/inserts.hpp"
#include "store/postgres/migrate.hpp"

namespace {

using namespace handin;
using namespace handin::store::postgres;

constexpr const char* kSubmissions =
    "INSERT INTO submission (stamp, version, reclaimed, replays, id, assignment_id, person_id,"
    " attempts, submitted_at, created_at, updated_at)"
    " SELECT $1::bigint, 1, false, '', u.id, u.assignment_id, u.person_id, u.attempts, u.at, u.at,"
    " u.at FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::bytea[], $6::bigint[])"
    " AS u (id, assignment_id, person_id, attempts, at)";
constexpr const char* kOutbox =
    "INSERT INTO outbox (batch_id, position, submission_id, event)"
    " SELECT $1::uuid, u.position, u.submission_id, $4::text"
    " FROM unnest($2::bigint[], $3::uuid[]) AS u (position, submission_id)";
constexpr const char* kBatch =
    "INSERT INTO batch (id, stamp, events, void) VALUES ($1, $2, $3, false)";

struct Options {
    std::string url;
    unsigned depth = 64;
    unsigned connections = 2;
    double seconds = 5;
    std::size_t file_bytes = 6144;
    std::size_t event_bytes = 1400;
};

class Loop {
 public:
    Loop(const Options& options, unsigned number)
        : options_(options),
          db_(options.url),
          random_(20241107 + number),
          bytes_(options.file_bytes + kShift, '\0'),
          event_(options.event_bytes, 'e'),
          assignment_(random_id()) {
        for (auto& byte : bytes_)
            byte = static_cast<char>(random_());
    }

    std::uint64_t run(std::chrono::steady_clock::time_point end) {
        const auto rows = std::max(1U, options_.depth / options_.connections);
        std::uint64_t done = 0;
        for (; std::chrono::steady_clock::now() < end; done += rows)
            commit(rows);
        return done;
    }

 private:
    static constexpr std::size_t kShift = 4096;  // each file starts elsewhere in the same bytes

    // As random as a derived id, for nothing.
    Uuid random_id() {
        Uuid id;
        for (auto& byte : id.bytes)
            byte = static_cast<std::uint8_t>(random_());
        return id;
    }

    domain::Attempt an_attempt(Time now, const Uuid& batch, std::uint32_t index) {
        domain::Attachment file;
        file.id = uuid_v7(now);
        file.title = "essay.bin";
        file.bytes = {.storage_id = uuid_v7(now), .size = options_.file_bytes};
        domain::Attempt attempt{.id = uuid_v7(now),
                                .submission_id = random_id(),
                                .number = 1,
                                .actor_id = random_id(),
                                .received_at = now,
                                .submitted_at = now,
                                .committed_at = now,
                                .attachments = {std::move(file)}};
        attempt.receipt = {.batch_id = batch, .index = index, .salt = random_id().bytes};
        return attempt;
    }

    void commit(std::uint32_t rows) {
        const auto now = SystemClock().now();
        const auto batch = uuid_v7(now);
        domain::Changes changes;
        std::vector<std::int64_t> positions;
        for (std::uint32_t i = 0; i < rows; ++i) {
            const auto& attempt = changes.attempts.emplace_back(an_attempt(now, batch, i));
            changes.row_bytes.push_back({attempt.attachments[0].bytes.storage_id,
                                         bytes_.substr(random_() % kShift, options_.file_bytes)});
            positions.push_back(i);
        }
        auto& receipts = changes.receipt_batches.emplace_back();
        receipts.id = batch;
        receipts.committed_at = now;
        changes.receipt_batches[0].leaves.resize(rows);
        const domain::Changes* const all[] = {&changes};
        const auto& attempts = changes.attempts;
        const auto submission_of = [](const domain::Attempt& row) { return row.submission_id; };

        db_.queue("BEGIN");
        Parameters submissions;
        submissions.add(to_micros(now))
            .column(attempts, submission_of)
            .column(attempts, [this](const auto&) { return assignment_; })
            .column(attempts, [](const auto& row) { return *row.actor_id; })
            .column(attempts,
                    [](const auto& row) {
                        return Bytes{{reinterpret_cast<const char*>(row.id.bytes.data()), 16}};
                    })
            .column(attempts, &domain::Attempt::submitted_at);
        db_.queue(kSubmissions, std::move(submissions));
        queue_inserts(db_, all);
        Parameters events;
        events.add(batch).column(positions).column(attempts, submission_of).add(event_);
        db_.queue(kOutbox, std::move(events));
        Parameters row;
        row.add(batch).add(to_micros(now)).add(rows);
        db_.queue(kBatch, std::move(row)).queue("COMMIT").run(true);
    }

    Options options_;
    Connection db_;
    std::minstd_rand random_;
    std::string bytes_;
    std::string event_;
    Uuid assignment_;
};

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app{"The bare PostgreSQL loop"};
    app.add_option("--url", options.url)->required();
    app.add_option("--depth", options.depth)->check(CLI::PositiveNumber);
    app.add_option("--connections", options.connections)->check(CLI::PositiveNumber);
    app.add_option("--seconds", options.seconds)->check(CLI::PositiveNumber);
    app.add_option("--file-bytes", options.file_bytes);
    app.add_option("--event-bytes", options.event_bytes);
    CLI11_PARSE(app, argc, argv);
    try {
        {
            Connection db(options.url);
            migrate(db);
        }
        std::vector<std::unique_ptr<Loop>> loops;
        for (unsigned i = 0; i < options.connections; ++i)
            loops.push_back(std::make_unique<Loop>(options, i));
        std::atomic<std::uint64_t> done = 0;
        const auto start = std::chrono::steady_clock::now();
        const auto end = start + std::chrono::duration_cast<std::chrono::nanoseconds>(
                                     std::chrono::duration<double>(options.seconds));
        {
            std::vector<std::jthread> threads;
            for (auto& loop : loops)
                threads.emplace_back([&] { done += loop->run(end); });
        }
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        std::printf(
            "{\"bench\":\"bare_unnest\",\"depth\":%u,\"connections\":%u,\"file_bytes\":%zu,"
            "\"event_bytes\":%zu,\"seconds\":%.3f,\"submissions\":%llu,\"per_second\":%.1f}\n",
            options.depth, options.connections, options.file_bytes, options.event_bytes,
            took.count(), static_cast<unsigned long long>(done.load()),
            static_cast<double>(done) / took.count());
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bare_unnest: %s\n", error.what());
        return 1;
    }
}
