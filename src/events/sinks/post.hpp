// One POST and what its answer means: what HTTPS transports have in common.
#pragma once

#include <string_view>

#include "events/sink.hpp"
#include "http/client_loop.hpp"

namespace handin::events {

// 2xx is delivered, anything else is to be tried again; `reason` is the beginning of the answer, or
// why there is none. Throws nothing. The loop outlives the call.
task<Outcome> post(http::ClientLoop* loop, http::ClientRequest request, std::string_view body);

}  // namespace handin::events
