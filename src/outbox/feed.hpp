// What has happened, to be pulled: the outbox read with a cursor.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/task.hpp"
#include "store/store.hpp"

namespace handin::outbox {

// In the Canvas form, which is JSON in one line.
struct FeedPage {
    struct Entry {
        std::int64_t sequence = 0;
        std::string payload;
    };
    std::vector<Entry> entries;
    std::int64_t next = 0;  // `after` of the following page
};

class Feed {
 public:
    explicit Feed(store::Store& store) : store_(store) {}  // which outlives it

    // `limit` events at most that come after sequence `after`, in the Canvas form:
    // {"events":[{"sequence":N,"payload":{…}}],"next":N}. Everything acknowledged before the call
    // is in it. What has no Canvas form is passed over.
    task<std::string> read(std::int64_t after, std::size_t limit);
    // The same, one by one.
    task<FeedPage> page(std::int64_t after, std::size_t limit);
    // The last sequence there is.
    task<std::int64_t> last();

 private:
    store::Store& store_;
};

}  // namespace handin::outbox
