// Where messages go. A port: a transport is a folder in sinks/.
#pragma once

#include <chrono>
#include <string>

#include "base/task.hpp"
#include "base/uuid.hpp"

namespace handin::events {

// One rendered event.
struct Message {
    Uuid id;        // the same at every try: receivers tell repeats by it
    Uuid order_by;  // messages that have this in common keep their order
    std::string body;
};

struct Outcome {
    enum class Kind : std::uint8_t { delivered, retry, refused };  // refused: never try again

    Kind kind = Kind::delivered;
    std::chrono::milliseconds after{0};  // of a retry: not sooner, the receiver says
    std::string reason;                  // what the receiver has answered, or why it has not
    int status = 0;                      // 0: no answer
    bool timed_out = false;
};

class Sink {
 public:
    virtual ~Sink() = default;
    // Delivers it once, or not. On any executor; several at a time. Throws nothing.
    virtual task<Outcome> deliver(Message message) = 0;
    // How many at a time at most; `usual`: where each takes a connection.
    virtual std::size_t concurrency(std::size_t usual) const { return usual; }
};

}  // namespace handin::events
