#include "service/shown.hpp"

#include <algorithm>
#include <ranges>
#include <span>
#include <system_error>

#include "base/log.hpp"

namespace handin::service {
namespace {

using domain::AttachmentKind;
using store::Reader;

bool is_text(const ShownAttachment& item) {
    return item.attachment.kind == AttachmentKind::text;
}

ShownAttempt shown(domain::Attempt attempt) {
    ShownAttempt shown{.id = attempt.id,
                       .submitted_at = attempt.submitted_at,
                       .has_receipt = attempt.receipt.has_value(),
                       .attachments = {}};
    shown.attachments.reserve(attempt.attachments.size());
    for (auto& attachment : attempt.attachments)
        shown.attachments.push_back({std::move(attachment), std::nullopt});
    return shown;
}

std::vector<ShownAttempt> shown_attempts(Reader& reader, std::span<const Uuid> ids) {
    std::vector<ShownAttempt> attempts;
    attempts.reserve(ids.size());
    for (auto& attempt : reader.attempts(ids))
        attempts.push_back(shown(std::move(attempt)));
    return attempts;
}

// The texts that are shown whole, the latest first.
std::vector<ShownAttachment*> texts_to_show(std::vector<ShownAttempt>& attempts) {
    std::vector<ShownAttachment*> texts;
    std::size_t room = kShownTextBytes;
    for (auto& attempt : attempts | std::views::reverse)
        for (auto& item : attempt.attachments | std::views::filter(is_text)) {
            if (item.attachment.bytes.size > room) return texts;
            room -= item.attachment.bytes.size;
            texts.push_back(&item);
        }
    return texts;
}

void add_row_texts(Reader& reader, std::vector<ShownAttempt>& attempts) {
    for (auto* item : texts_to_show(attempts))
        if (item->attachment.bytes.in_row && !item->text)
            item->text = reader.row_bytes(item->attachment.bytes.storage_id);
}

// Texts that were committed a moment ago need not be read.
void add_fresh_texts(ShownAttempt& attempt, std::vector<domain::RowBytes>& rows) {
    for (auto& item : attempt.attachments | std::views::filter(is_text)) {
        const auto row = std::ranges::find(rows, item.attachment.bytes.storage_id,
                                           &domain::RowBytes::storage_id);
        if (row != rows.end()) item.text = std::move(row->bytes);
    }
}

}  // namespace

ShownSubmission shown(Reader& reader, domain::Submission facts,
                      const domain::Assignment& assignment, Time now) {
    const auto state = state_of(facts);
    const auto flags = flags_of(facts, assignment, now);
    auto attempts = shown_attempts(reader, facts.attempts);
    add_row_texts(reader, attempts);
    return {std::move(facts), state, flags, std::move(attempts)};
}

std::size_t text_bytes(const ShownSubmission& submission) {
    std::size_t bytes = 0;
    for (const auto& attempt : submission.attempts)
        for (const auto& item : attempt.attachments | std::views::filter(is_text))
            bytes += item.attachment.bytes.size;
    return bytes;
}

std::size_t other_bytes(const ShownSubmission& submission) {
    constexpr std::size_t around = 500;  // ids, keys and the URL of the download
    std::size_t bytes = around;
    for (const auto& attempt : submission.attempts)
        for (const auto& [item, text] : attempt.attachments)
            bytes += around + item.title.size() + item.description.size() + item.url.size();
    return bytes;
}

// A text that cannot be read must not hide the rest: it stays without, and an operator is told.
task<void> add_stored_texts(blob::BlobStore* blobs, std::vector<ShownAttempt>* attempts) {
    for (auto* item : texts_to_show(*attempts)) {
        const auto& bytes = item->attachment.bytes;
        if (item->text || bytes.in_row) continue;
        try {
            std::string text;
            const auto reader = co_await blobs->open(bytes.storage_id, 0, bytes.size);
            for (auto piece = co_await reader->next(); !piece.empty();
                 piece = co_await reader->next())
                text += piece;
            item->text = std::move(text);
        } catch (const std::system_error& error) {
            log::error("a text cannot be read",
                       {{"storage_id", bytes.storage_id.str()}, {"error", error.what()}});
        }
    }
}

task<ShownSubmission> show(store::Store* store, blob::BlobStore* blobs, domain::Accepted accepted) {
    ShownSubmission result{.facts = std::move(accepted.submission),
                           .state = {},
                           .flags = accepted.flags,
                           .attempts = {}};
    result.state = state_of(result.facts);
    auto& fresh = accepted.changes.attempts;
    auto earlier = std::span<const Uuid>(result.facts.attempts);
    earlier = earlier.first(earlier.size() - fresh.size());
    const auto add_fresh = [&](std::vector<ShownAttempt>& attempts) {
        for (auto& attempt : fresh)
            add_fresh_texts(attempts.emplace_back(shown(std::move(attempt))),
                            accepted.changes.row_bytes);
    };
    if (earlier.empty()) {
        add_fresh(result.attempts);
    } else {
        result.attempts = co_await store::read(store, [&](Reader& reader) {
            auto attempts = shown_attempts(reader, earlier);
            add_fresh(attempts);  // first: a repeat shows the same, and they take of the room
            add_row_texts(reader, attempts);
            return attempts;
        });
    }
    co_await add_stored_texts(blobs, &result.attempts);
    co_return result;
}

}  // namespace handin::service
