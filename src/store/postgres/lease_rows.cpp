#include "store/postgres/lease_rows.hpp"

#include "base/log.hpp"
#include "store/store.hpp"

namespace handin::store::postgres {
namespace {

constexpr const char* kHold =
    "INSERT INTO lease AS l (name, epoch, holder, expires_at)"
    " VALUES ($1, 1, $2, clock_timestamp() + $3::bigint * interval '1 millisecond')"
    " ON CONFLICT (name) DO UPDATE SET"
    " epoch = CASE WHEN l.holder = excluded.holder THEN l.epoch ELSE l.epoch + 1 END,"
    " holder = excluded.holder, expires_at = excluded.expires_at"
    " WHERE l.holder = excluded.holder OR l.expires_at < clock_timestamp() RETURNING epoch";
// The row stays, for its epoch must go on growing.
constexpr const char* kRelease =
    "UPDATE lease SET expires_at = '-infinity' WHERE name = $1 AND holder = $2";

}  // namespace

LeaseRows::LeaseRows(Connector& connector) : connector_(connector), holder_(uuid_v4()) {}

std::vector<Rows> LeaseRows::run(const char* sql, const Parameters& parameters) {
    if (!db_ || era_ != connector_.era()) {
        db_.reset();
        era_ = connector_.era();
        db_ = connector_.connect();
    }
    try {
        return db_->queue(sql, parameters).run();
    } catch (const Lost& error) {
        db_.reset();
        connector_.lost();
        throw Unavailable(error.what());
    } catch (const Refused& error) {
        throw Unavailable(error.what());
    }
}

std::optional<std::int64_t> LeaseRows::hold(const std::string& name,
                                            std::chrono::milliseconds life) {
    std::lock_guard lock(mutex_);
    auto rows = run(kHold, Parameters().add(name).add(holder_).add(std::int64_t{life.count()}));
    return rows[0].next() ? std::optional(rows[0].integer()) : std::nullopt;
}

void LeaseRows::release(const std::string& name) noexcept {
    try {
        std::lock_guard lock(mutex_);
        run(kRelease, Parameters().add(name).add(holder_));
    } catch (const std::exception& error) {  // it ends by itself
        log::warn("a lease was not given back", {{"reason", error.what()}});
    }
}

}  // namespace handin::store::postgres
