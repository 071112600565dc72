// Messages into a queue of Amazon SQS, or of a server that speaks its JSON protocol
// (canvas-live-events.md 3.2): one event a message, in standard queues.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "base/sigv4.hpp"
#include "base/time.hpp"
#include "events/sink.hpp"
#include "http/client_loop.hpp"

namespace handin::events {

struct SqsSettings {
    std::string endpoint;  // http(s)://HOST[:PORT]; empty: Amazon's, as the queue's URL names it
    std::string region;    // empty: as the queue's URL names it
    std::chrono::milliseconds timeout = std::chrono::seconds(15);
    std::function<AwsCredentials()> credentials;  // throws std::runtime_error if there are none
};

// Why it is no queue to deliver to; empty if it is one. Ours are the credentials, so only the
// configured endpoint, or Amazon, is ever shown a signature.
std::string trouble_with_queue(const SqsSettings& settings, const std::string& url);

class SqsSink final : public Sink {
 public:
    // Loop and clock outlive it. `queue_url`: without trouble.
    SqsSink(http::ClientLoop& loop, SqsSettings settings, std::string queue_url,
            const Clock& clock);

    // The message's id is an attribute, "webhook-id", for queues deliver more than once, too.
    task<Outcome> deliver(Message message) override;

 private:
    http::ClientLoop& loop_;
    SqsSettings settings_;
    std::string queue_url_, origin_;
    const Clock& clock_;
};

}  // namespace handin::events
