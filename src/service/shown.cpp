#include "service/shown.hpp"

#include <algorithm>
#include <ranges>
#include <span>
#include <system_error>

#include "base/log.hpp"
#include "domain/comment.hpp"

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

// What is said of the work, as far as the onlooker sees it.
void add_marking(const Onlooker& onlooker, const domain::Flags& ungraded, ShownSubmission& shown) {
    const auto sight = sight_of(onlooker, shown.facts);
    shown.id = name_for(onlooker, shown.facts.id);
    shown.names_person = sight.identity != domain::Anonymity::anonymous;
    if (sight.grade) return;
    shown.facts.marking.grade.reset();
    shown.facts.marking.excused = false;
    shown.flags = ungraded;
}

}  // namespace

std::optional<std::string> grade_comment(Reader& reader, const domain::Submission& facts,
                                         const Onlooker& onlooker) {
    const bool grades = onlooker.viewer == domain::Viewer::grader;
    const auto& marking = facts.marking;
    constexpr std::size_t chunk = 20;  // nearly always one of the last
    for (auto left = std::span<const Uuid>(marking.comments); !left.empty();) {
        const auto last = left.last(std::min(chunk, left.size()));
        left = left.first(left.size() - last.size());
        auto comments = reader.comments(last);
        std::erase_if(comments, [&](const domain::Comment& comment) {
            return !sees_comment(comment, onlooker.person_id, grades, marking.posted_at);
        });
        if (const auto* found = domain::grade_comment(comments)) return found->text;
    }
    return std::nullopt;
}

ShownSubmission shown(Reader& reader, domain::Submission facts,
                      const domain::Assignment& assignment, const Onlooker& onlooker, Time now) {
    ShownSubmission result;
    result.state = state_of(facts);
    result.flags = flags_of(facts, assignment, now);
    const auto ungraded = flags_ungraded(facts, assignment, now);
    result.attempts = shown_attempts(reader, facts.attempts);
    add_row_texts(reader, result.attempts);
    result.grade_comment = grade_comment(reader, facts, onlooker);
    result.facts = std::move(facts);
    add_marking(onlooker, ungraded, result);
    return result;
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
    if (submission.grade_comment) bytes += submission.grade_comment->size();
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

task<ShownSubmission> show(store::Store* store, blob::BlobStore* blobs, domain::Accepted accepted,
                           Onlooker onlooker) {
    ShownSubmission result;
    result.facts = std::move(accepted.submission);
    result.flags = accepted.flags;
    result.state = state_of(result.facts);
    auto& fresh = accepted.changes.attempts;
    // Of a group everybody has an attempt of their own.
    std::erase_if(fresh, [&](const domain::Attempt& attempt) {
        return attempt.submission_id != result.facts.id;
    });
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
    if (!result.facts.marking.comments.empty())
        result.grade_comment = co_await store::read(
            store, [&](Reader& reader) { return grade_comment(reader, result.facts, onlooker); });
    add_marking(onlooker, accepted.flags_ungraded, result);
    co_await add_stored_texts(blobs, &result.attempts);
    co_return result;
}

}  // namespace handin::service
