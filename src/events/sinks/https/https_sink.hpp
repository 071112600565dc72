// Messages as POST requests (canvas-live-events.md 3.3), with the headers of Standard Webhooks.
#pragma once

#include <chrono>
#include <string>

#include "base/time.hpp"
#include "events/sink.hpp"
#include "http/client_loop.hpp"

namespace handin::events {

struct HttpsTarget {
    std::string url;
    std::string secret;  // whsec_…
    std::string content_type = "application/json";
    std::chrono::milliseconds timeout = std::chrono::seconds(15);
    bool as_edlink = false;  // with Edlink-Signature as well
};

// Why it is no URL to deliver to; empty if it is one.
std::string trouble_with_url(const std::string& url);

class HttpsSink final : public Sink {
 public:
    // Loop and clock outlive it.
    HttpsSink(http::ClientLoop& loop, HttpsTarget target, const Clock& clock)
        : loop_(loop), target_(std::move(target)), clock_(clock) {}

    // webhook-id is the message's; webhook-timestamp and -signature are those of this try, for
    // receivers refuse what was signed long ago. The body is the same every time. Redirects are not
    // followed.
    task<Outcome> deliver(Message message) override;

 private:
    http::ClientLoop& loop_;
    HttpsTarget target_;
    const Clock& clock_;
};

}  // namespace handin::events
