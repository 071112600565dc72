// A file that somebody has sent, or is sending, before handing it in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "base/uuid.hpp"
#include "domain/access.hpp"
#include "domain/coursework.hpp"

namespace handin::domain {

struct Upload {
    // A part can only be joined with others; what that makes can be handed in, but not sent to.
    enum class Kind : std::uint8_t { whole, part, joined };
    enum class State : std::uint8_t { receiving, finished, attached };

    Uuid id;  // time-ordered; also names its bytes
    Uuid account_id;
    Uuid person_id;  // whose it is, a person or a program: nobody else knows of it
    Kind kind = Kind::whole;
    State state = State::receiving;
    std::optional<std::uint64_t> length = {};  // bytes there will be; nothing: not told yet
    std::uint64_t received = 0;                // bytes that are durable
    std::string filename = {};                 // may be empty
    std::string media_type = {};               // what the client said
    std::string metadata = {};                 // tus's Upload-Metadata, as sent
    std::vector<Uuid> parts = {};              // of a joined one
    FileBytes bytes = {};                      // from finished on
    Time created_at = {};
    Time expires_at = {};

    bool expired(Time now) const { return expires_at <= now; }
    // What it counts for: room that is promised is taken.
    std::uint64_t reserved() const { return length.value_or(received); }
};

// Whom an upload of the actor belongs to; nil: nobody, who cannot have any.
inline Uuid upload_owner(const Actor& actor) {
    return actor.person_id.value_or(
        actor.integration_id.value_or(actor.api_user_id.value_or(Uuid{})));
}

// What a person's, or an account's, uploads take that are not attached to an attempt.
struct UploadUsage {
    Uuid owner_id;
    std::int64_t bytes = 0;
    std::int64_t uploads = 0;
};

// Policy of the installation; docs/operating.md says how the defaults were chosen.
struct UploadLimits {
    std::uint64_t bytes = 2ULL << 30U;                   // of one upload
    std::uint64_t person_bytes = 4ULL << 30U;            // of somebody's, not attached
    std::uint64_t account_bytes = 256ULL << 30U;         // of a school's, not attached
    std::uint64_t person_uploads = 100;                  // of somebody's, not attached
    std::chrono::seconds life = std::chrono::hours(24);  // after the last byte
    // An API user sends for a whole school: as many bytes as the school may have (tabula.md 3.2).
    std::uint64_t api_user_uploads = 100'000;
    std::chrono::seconds api_user_life = std::chrono::days(14);
};

// What counts for the actor.
inline UploadLimits limits_for(const Actor& actor, UploadLimits limits) {
    if (actor.person_id || !actor.api_user_id) return limits;
    limits.person_bytes = limits.account_bytes;
    limits.person_uploads = limits.api_user_uploads;
    limits.life = limits.api_user_life;
    return limits;
}

}  // namespace handin::domain
