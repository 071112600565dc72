// Ids in paths, idempotency keys, and the request as an event tells it.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "api/edlink/reply.hpp"
#include "domain/coursework.hpp"
#include "domain/event.hpp"

namespace handin::edlink {

// The UUID in the path; INVALID_UUID otherwise.
std::expected<Uuid, Failure> id_in(const Call& call, std::string_view parameter);

// The two ids that most paths begin with.
struct AssignmentPath {
    Uuid class_id;
    Uuid assignment_id;
};
std::expected<AssignmentPath, Failure> assignment_in(const Call& call);

// $idempotency, or the Idempotency-Key header; nothing if neither is there.
std::expected<std::optional<domain::ReplayKey>, Failure> replay_key_of(const Call& call,
                                                                       std::string_view verb);

// The body with nothing but the properties that the call wants to be looked at ($properties,
// edlink.md 2.2); as it is if there is no such wish, or it is no JSON object. May add warnings.
std::string only_properties(Call& call, std::string body);

domain::RequestFacts facts_of(const http::Request& request);

}  // namespace handin::edlink
