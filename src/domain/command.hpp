// Every write is one of these.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "domain/access.hpp"
#include "domain/coursework.hpp"
#include "domain/event.hpp"

namespace handin::domain {

// What a virus scanner said of an attachment's bytes; clean also if nobody scans.
struct ScanResult {
    enum class Kind : std::uint8_t { clean, infected, too_large };
    Kind kind = Kind::clean;
    std::string signature;  // infected: what was found
};

// An attachment as it comes in; its bytes are staged already.
struct NewAttachment {
    Attachment attachment;
    std::string row_bytes;   // if attachment.bytes.in_row: to be committed with the attempt
    std::string text_start;  // of a text: the first kEventTextCodePoints and a little more
    ScanResult scan = {};
};

// Hand work in.
struct Submit {
    Actor actor;
    Origin origin = Origin::handin;
    Uuid class_id;
    Uuid assignment_id;
    Uuid person_id;  // whose work it is
    Uuid attempt_id;
    Uuid event_id;
    std::vector<NewAttachment> attachments;
    Time received_at;
    std::optional<Time> submitted_at;  // given by a privileged actor; else received_at
    std::optional<ReplayKey> replay_key;
    RequestFacts request;
};

// Take the last attempt back, to hand in another.
struct Reclaim {
    Actor actor;
    Origin origin = Origin::handin;
    Uuid class_id;
    Uuid assignment_id;
    Uuid person_id;
    Uuid event_id;
    Time received_at;
    std::optional<ReplayKey> replay_key;
    RequestFacts request;
};

// Exchange a refresh token for one more access token (edlink.md 1.2).
struct RefreshAccess {
    std::string client_id;
    Digest256 client_secret_hash{};
    Digest256 refresh_hash{};
    Digest256 access_hash{};
};

using Command = std::variant<Submit, Reclaim, RefreshAccess>;

}  // namespace handin::domain
