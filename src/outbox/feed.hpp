// What has happened, to be pulled: the outbox read with a cursor.
#pragma once

#include <cstdint>
#include <string>

#include "base/task.hpp"
#include "store/store.hpp"

namespace handin::outbox {

class Feed {
 public:
    explicit Feed(store::Store& store) : store_(store) {}  // which outlives it

    // `limit` events at most that come after sequence `after`, in the Canvas form:
    // {"events":[{"sequence":N,"payload":{…}}],"next":N}. Everything acknowledged before the call
    // is in it. What has no Canvas form is passed over.
    task<std::string> read(std::int64_t after, std::size_t limit);

 private:
    store::Store& store_;
};

}  // namespace handin::outbox
