// What has happened, to be pulled: the outbox read with a cursor.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <vector>

#include "base/task.hpp"
#include "store/store.hpp"

namespace handin::outbox {

class Feed {
 public:
    explicit Feed(store::Store& store) : store_(store) {}  // which outlives it

    struct Entry {
        std::int64_t sequence;
        boost::json::value payload;  // the Canvas form
    };
    struct Page {
        std::vector<Entry> entries;
        std::int64_t next;  // the `after` of the following page
    };

    // `limit` events at most that come after sequence `after`. Everything acknowledged before the
    // call is in it. What has no Canvas form is passed over.
    task<Page> read(std::int64_t after, std::size_t limit);

 private:
    store::Store& store_;
};

}  // namespace handin::outbox
