// The life of an upload: announced, received, handed in or forgotten.
#pragma once

#include <cstdint>
#include <expected>
#include <span>

#include "domain/decide.hpp"

namespace handin::domain {

std::expected<Accepted, Refusals> decide_create(const State& state, CreateUpload& command,
                                                Time now);
// The uploads are those of the changes, in order. A refusal's field is "uploads[i]".
std::expected<Accepted, Refusals> decide_create_all(const State& state, CreateUploads& command,
                                                    Time now);
std::expected<Accepted, Refusals> decide_grow(const State& state, GrowUpload& command, Time now);
std::expected<Accepted, Refusals> decide_discard(const State& state, DiscardUpload& command,
                                                 Time now);
std::expected<Accepted, Refusals> decide_expire(const State& state, ExpireUploads& command,
                                                Time now);

// What a person may still send, at least one upload. Also asked before a body is read. Wants the
// usage of the person and of the account.
struct UploadRoom {
    std::uint64_t uploads = 0;
    std::uint64_t bytes = 0;      // together
    std::uint64_t bytes_one = 0;  // of each; not more than `bytes`
};
std::expected<UploadRoom, Refusal> room_for_uploads(const State& state, const Actor& actor,
                                                    const UploadLimits& limits);
// Whether there is room for so many.
std::optional<Refusal> check_room(const State& state, const Actor& actor, std::uint64_t bytes,
                                  const UploadLimits& limits);

// Whether bytes can be sent to it, before any is read: it has `from`, and with `length`, if that is
// given, it would be complete.
std::optional<Refusal> check_receiving(const std::optional<Upload>& upload, const Actor& actor,
                                       std::uint64_t from, std::optional<std::uint64_t> length,
                                       const UploadLimits& limits, Time now);

// The length of all parts together, if they can be joined.
std::expected<std::uint64_t, Refusal> length_of_parts(const State& state, const Actor& actor,
                                                      std::span<const Uuid> parts, Time now);

// What is wrong with the uploads that a submit names, by attachment.
Refusals check_uploads(const State& state, const Submit& command, Time now);
// Gives the attachments the bytes of their uploads, which are used up by that. They were checked.
void attach_uploads(const State& state, Submit& command, Changes& changes);

// The upload, unless it is another's or not there at all, which nobody can tell apart.
std::expected<Upload, Refusal> own_upload(const std::optional<Upload>& upload, const Actor& actor,
                                          Time now);

}  // namespace handin::domain
