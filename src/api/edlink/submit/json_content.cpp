#include "api/edlink/submit/json_content.hpp"

#include <utility>

namespace handin::edlink {

service::IncomingAttachment& JsonContent::place_of(const Piece& piece) {
    while (bytes_.size() <= piece.attachment)
        bytes_.emplace_back();
    auto& place =
        piece.of == Piece::Of::text ? bytes_[piece.attachment].text : bytes_[piece.attachment].data;
    if (!place) place.emplace(intake_.incoming());
    return *place;
}

task<void> JsonContent::feed(std::string_view chunk) {
    for (const auto& piece : parser_.feed(chunk))
        co_await place_of(piece).write(piece.bytes);
}

SubmitContent JsonContent::take() {
    const auto fields = parser_.attachments();
    const auto unexpected = parser_.unexpected_fields();
    SubmitContent content{.fields = {fields.begin(), fields.end()},
                          .attachments = {},
                          .has_list = parser_.has_attachments_key(),
                          .unexpected = {unexpected.begin(), unexpected.end()},
                          .errors = {}};
    bytes_.resize(fields.size());  // those without bytes, too
    for (std::size_t i = 0; i < fields.size(); ++i) {
        auto& one = fields[i].type == "text" ? bytes_[i].text : bytes_[i].data;
        content.attachments.push_back(one ? std::move(*one) : intake_.incoming());
    }
    bytes_.clear();
    return content;
}

}  // namespace handin::edlink
