#include "api/edlink/submit/json_content.hpp"

#include <utility>

namespace handin::edlink {

service::IncomingAttachment& JsonContent::attachment(std::size_t index) {
    while (attachments_.size() <= index)
        attachments_.push_back(intake_.incoming());
    return attachments_[index];
}

task<void> JsonContent::feed(std::string_view chunk) {
    for (const auto& piece : parser_.feed(chunk))
        co_await attachment(piece.attachment).write(piece.bytes);
}

SubmitContent JsonContent::take() {
    const auto fields = parser_.attachments();
    const auto unexpected = parser_.unexpected_fields();
    if (!fields.empty()) attachment(fields.size() - 1);  // those without bytes, too
    return {.fields = {fields.begin(), fields.end()},
            .attachments = std::move(attachments_),
            .has_list = parser_.has_attachments_key(),
            .unexpected = {unexpected.begin(), unexpected.end()},
            .errors = {}};
}

}  // namespace handin::edlink
