// Who may download which file.
#include <algorithm>
#include <system_error>

#include "base/log.hpp"
#include "blob/passing.hpp"
#include "service/committer.hpp"
#include "service/coursework.hpp"
#include "service/place.hpp"

namespace handin::service {
namespace {

using domain::AttachmentKind;
using store::Reader;

struct FileRequest {
    domain::Actor actor;
    Uuid class_id;
    std::optional<Uuid> assignment_id;
    std::optional<Uuid> submission_id;
    Uuid file_id;
};

Answer<domain::Attachment> find_file(Reader& reader, const FileRequest& wanted,
                                     const Pseudonyms& pseudonyms, Time now) {
    const auto member = enter(reader, wanted.actor, wanted.class_id);
    if (!member) return std::unexpected(member.error());
    auto attempt = reader.attempt_of(wanted.file_id);
    if (!attempt) return missing("file_id");
    const auto submission = reader.submission(attempt->submission_id);
    if (!submission ||
        submission->assignment_id != wanted.assignment_id.value_or(submission->assignment_id))
        return missing("file_id");
    const auto place =
        find_place(reader, wanted.actor, wanted.class_id, submission->assignment_id, now);
    if (!place) return missing("file_id");
    const auto onlooker = onlooker_of(place->member, place->assignment,
                                      wanted.submission_id.value_or(submission->id), pseudonyms);
    if (wanted.submission_id && named_by(onlooker, *wanted.submission_id) != submission->id)
        return missing("file_id");
    if (!place->member.reads_work_of(submission->person_id)) return missing("file_id");
    const auto found =
        std::ranges::find(attempt->attachments, wanted.file_id, &domain::Attachment::id);
    if (found == attempt->attachments.end() || found->kind == AttachmentKind::link)
        return missing("file_id");
    return std::move(*found);
}

}  // namespace

task<Answer<Download>> Coursework::file(domain::Actor actor, Uuid class_id,
                                        std::optional<Uuid> assignment_id,
                                        std::optional<Uuid> submission_id, Uuid file_id) {
    const FileRequest wanted{actor, class_id, assignment_id, submission_id, file_id};
    const auto now = clock_.now();
    auto answer = co_await store::read(&store_, [&](Reader& reader) -> Answer<Download> {
        auto attachment = find_file(reader, wanted, pseudonyms_, now);
        if (!attachment) return std::unexpected(attachment.error());
        Download download{.attachment = std::move(*attachment), .row_bytes = {}, .reader = {}};
        const auto& bytes = download.attachment.bytes;
        if (bytes.in_row) download.row_bytes = reader.row_bytes(bytes.storage_id);
        return download;
    });
    if (!answer || answer->attachment.bytes.in_row) co_return answer;
    const auto& bytes = answer->attachment.bytes;
    try {
        answer->reader = co_await blobs_.open(bytes.storage_id, 0, bytes.size);
    } catch (const std::system_error& error) {
        if (!blob::is_passing(error)) throw;
        log::warn("a file cannot be read now",
                  {{"storage_id", bytes.storage_id.str()}, {"reason", error.what()}});
        throw TryLater(error.what());
    }
    co_return answer;
}

}  // namespace handin::service
