// The JSON of a submit while it arrives: decoded, and its bytes staged.
#pragma once

#include <deque>
#include <optional>
#include <string_view>

#include "api/edlink/submit/content.hpp"

namespace handin::edlink {

class JsonContent {
 public:
    // `intake` outlives it.
    explicit JsonContent(service::Intake& intake, SubmitBodyOptions options = {})
        : intake_(intake), parser_(options) {}

    // Takes no more once there is a problem.
    task<void> feed(std::string_view chunk);
    void finish() { parser_.finish(); }
    const std::optional<Problem>& problem() const { return parser_.problem(); }

    // After finish() without a problem; once.
    SubmitContent take();

 private:
    // The bytes of one attachment. Only its type, which may come last, tells which of them count.
    struct Bytes {
        std::optional<service::IncomingAttachment> data;
        std::optional<service::IncomingAttachment> text;
    };

    service::IncomingAttachment& place_of(const Piece& piece);

    service::Intake& intake_;
    SubmitBodyParser parser_;
    std::deque<Bytes> bytes_;
};

}  // namespace handin::edlink
