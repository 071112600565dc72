#include "store/postgres/sequence.hpp"

#include "base/uuid.hpp"
#include "store/event_codec.hpp"

namespace handin::store::postgres {
namespace {

// The lock comes first and alone: the statements after it see what its last holder has done.
constexpr const char* kHold = "SELECT next FROM sequence_end FOR UPDATE";
constexpr const char* kEpoch = "SELECT epoch FROM lease WHERE name = $1 AND epoch = $2 FOR SHARE";
// A batch comes after all that it was decided on, for its stamp is greater than theirs.
constexpr const char* kNumber =
    "UPDATE batch b SET first_sequence = e.next + n.before"
    " FROM (SELECT id, sum(events) OVER (ORDER BY stamp, id) - events AS before"
    "       FROM (SELECT id, stamp, events FROM batch"
    "             WHERE first_sequence IS NULL AND events > 0"
    "             ORDER BY stamp, id LIMIT 1000) AS unnumbered) AS n,"
    " sequence_end e WHERE b.id = n.id RETURNING b.events";
constexpr const char* kNumberAsHolder =
    "UPDATE batch b SET first_sequence = e.next + n.before"
    " FROM (SELECT id, sum(events) OVER (ORDER BY stamp, id) - events AS before"
    "       FROM (SELECT id, stamp, events FROM batch"
    "             WHERE first_sequence IS NULL AND events > 0"
    "             ORDER BY stamp, id LIMIT 1000) AS unnumbered) AS n,"
    " sequence_end e WHERE b.id = n.id"
    " AND EXISTS (SELECT 1 FROM lease l WHERE l.name = $1 AND l.epoch = $2) RETURNING b.events";
constexpr const char* kAdvance =
    "UPDATE sequence_end SET next ="
    " coalesce((SELECT b.first_sequence + b.events FROM batch b"
    "           WHERE b.first_sequence IS NOT NULL ORDER BY b.first_sequence DESC LIMIT 1), next)";
// From the batch in which `after` is, or ended.
constexpr const char* kBatches =
    "SELECT id, first_sequence, events FROM batch WHERE first_sequence >="
    " coalesce((SELECT b.first_sequence FROM batch b WHERE b.first_sequence <= $1"
    "           ORDER BY b.first_sequence DESC LIMIT 1), 1)"
    " AND first_sequence + events > $1 + 1 ORDER BY first_sequence LIMIT $2";
constexpr const char* kEvents =
    "SELECT batch_id, position, event FROM outbox WHERE batch_id = ANY($1::uuid[])";

std::int64_t sum_of(Rows& rows) {
    std::int64_t sum = 0;
    while (rows.next())
        sum += rows.integer();
    return sum;
}

struct Part {
    std::int64_t first;
    std::int64_t events;
};

}  // namespace

const char* const kAnyToAppend =
    "SELECT id FROM batch WHERE first_sequence IS NULL AND events > 0 LIMIT 1";

void append_all(Connection& db) {
    for (;;) {
        auto left = db.queue(kAnyToAppend).run();
        if (!left.front().next()) return;
        db.queue("BEGIN").queue(kHold).queue(kNumber).queue(kAdvance).queue("COMMIT").run(true);
    }
}

std::optional<std::int64_t> append_as_holder(Connection& db, std::int64_t epoch) {
    const std::string name = kAppendLease;
    const auto lease = [&] { return Parameters().add(name).add(epoch); };
    auto answers = db.queue("BEGIN")
                       .queue(kEpoch, lease())
                       .queue(kHold)
                       .queue(kNumberAsHolder, lease())
                       .queue(kAdvance)
                       .queue("COMMIT")
                       .run(true);
    if (!answers[1].next()) return std::nullopt;
    return sum_of(answers[3]);
}

std::vector<StoredEvent> read_sequence(
    const std::function<Rows(const char*, const Parameters&)>& ask, std::int64_t after,
    std::size_t limit) {
    auto batches = ask(kBatches, Parameters().add(after).add(limit));
    std::unordered_map<Uuid, Part> parts;
    std::vector<Uuid> ids;
    std::int64_t last = after;
    const auto enough = after + static_cast<std::int64_t>(limit);
    while (last < enough && batches.next()) {
        ids.push_back(batches.id());
        const auto first = batches.integer();
        const auto events = batches.integer();
        parts.emplace(ids.back(), Part{first, events});
        last = first + events - 1;
    }
    if (ids.empty()) return {};
    std::vector<std::pair<std::int64_t, std::string>> found;
    auto rows = ask(kEvents, Parameters().column(ids));
    while (rows.next()) {
        const auto& part = parts.at(rows.id());
        const auto sequence = part.first + rows.integer();
        if (sequence > after) found.emplace_back(sequence, rows.text());
    }
    std::ranges::sort(found, {}, [](const auto& each) { return each.first; });
    if (found.size() > limit) found.resize(limit);
    std::vector<StoredEvent> events;
    events.reserve(found.size());
    for (const auto& [sequence, text] : found)
        events.push_back(stored_event(sequence, text));
    return events;
}

}  // namespace handin::store::postgres
