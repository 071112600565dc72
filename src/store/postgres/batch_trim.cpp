#include "store/postgres/batch_trim.hpp"

#include <algorithm>

namespace handin::store::postgres {
namespace {

constexpr std::int64_t kPage = 2000;  // some milliseconds

constexpr const char* kClock = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";
constexpr const char* kTrim =
    "WITH page AS (SELECT id, events FROM batch WHERE id > $1 AND id < $2 ORDER BY id LIMIT $3),"
    " gone AS (DELETE FROM batch b USING page p WHERE b.id = p.id AND p.events = 0)"
    " SELECT id, (SELECT count(*) FROM page) FROM page ORDER BY id DESC LIMIT 1";

// Every time-ordered id that was made before has less.
Uuid first_id_at(Time time) {
    const auto micros = to_micros(time);
    Uuid id;
    for (std::size_t i = 6, millis = static_cast<std::size_t>(micros / 1000); i-- > 0;
         millis >>= 8U)
        id.bytes[i] = static_cast<std::uint8_t>(millis & 0xffU);
    return id;
}

}  // namespace

bool BatchTrim::step(Connection& db) {
    auto clock = db.queue(kClock).run();
    clock[0].next();
    const auto end = first_id_at(clock[0].time() - kKeep);
    auto page = db.queue(kTrim, std::move(Parameters().add(after_).add(end).add(kPage))).run();
    if (!page[0].next()) return false;
    after_ = page[0].id();
    return page[0].integer() == kPage;
}

}  // namespace handin::store::postgres
