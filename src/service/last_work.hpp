// What events show of the last attempt of a submission, for commands that are not about a new one.
#pragma once

#include <optional>

#include "base/task.hpp"
#include "blob/blob.hpp"
#include "domain/command.hpp"
#include "domain/coursework.hpp"
#include "store/store.hpp"

namespace handin::service {

// Enough bytes for every event form to cut at its own limit and to see that there was more.
inline constexpr std::size_t kTextStartBytes = 4 * (domain::kEventTextCodePoints + 1);

// Cuts a UTF-8 sequence that a limit in bytes has split.
void trim_to_code_point(std::string& text);

// `attempt`: null if there is none. All outlive the call. Without a text that cannot be read.
task<std::optional<domain::LastWork>> last_work(store::Store* store, blob::BlobStore* blobs,
                                                const domain::Attempt* attempt);

}  // namespace handin::service
