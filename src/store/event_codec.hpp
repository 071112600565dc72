// How an event is kept in the outbox: JSON with a version, read back by any later binary.
#pragma once

#include <string>
#include <string_view>

#include "domain/event.hpp"
#include "store/reader.hpp"

namespace handin::store {

std::string encode(const domain::Event& event);

// Throws std::runtime_error for what no version of encode() has written.
domain::Event decode_event(std::string_view text);

// The same with what it would throw as `trouble`: one event must not hide the others.
StoredEvent stored_event(std::int64_t sequence, std::string_view text);

}  // namespace handin::store
