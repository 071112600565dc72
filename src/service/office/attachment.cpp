// Files by their ids, whether they wait to be handed in or have been (tabula.md 3.2).
#include <algorithm>

#include "base/uuid.hpp"
#include "domain/file_name.hpp"
#include "service/office/find.hpp"
#include "service/place.hpp"

namespace handin::service {
namespace {

using domain::Permission;
using store::Reader;

std::optional<std::string> name_of(Reader& reader, const Uuid& id) {
    if (const auto user = reader.administration().api_user(id)) return user->username;
    if (const auto person = reader.person(id)) return person->login;
    return std::nullopt;
}

// Who hands in for others may use what others have sent, so they may know of it.
bool hands_in_for_others(Reader& reader, const domain::Actor& actor) {
    return actor.api_user_id &&
           std::ranges::any_of(reader.grants_of(*actor.api_user_id), [](const auto& grant) {
               return grant.allow &&
                      grant.permission == domain::info(Permission::submission_create_for).name;
           });
}

std::optional<KnownFile> sent_before(Reader& reader, const domain::Actor& actor, const Uuid& id,
                                     Time now) {
    const auto upload = reader.upload(id);
    if (!upload || upload->account_id != actor.account_id ||
        upload->state == domain::Upload::State::receiving || upload->expired(now))
        return std::nullopt;
    if (upload->person_id != domain::upload_owner(actor) && !hands_in_for_others(reader, actor))
        return std::nullopt;
    return KnownFile{.id = id,
                     .name = domain::sanitised_name(upload->filename),
                     .attached = upload->state == domain::Upload::State::attached,
                     .sha1 = upload->bytes.sha1,
                     .uploaded_by = name_of(reader, upload->person_id),
                     .uploaded_at = upload->created_at,
                     .started_at = time_of(id)};
}

std::optional<KnownFile> handed_in(Reader& reader, const domain::Actor& actor, const Uuid& id) {
    const auto attempt = reader.attempt_of(id);
    const auto row = attempt ? reader.submission(attempt->submission_id) : std::nullopt;
    const auto assignment = row ? reader.assignment(row->assignment_id) : std::nullopt;
    if (!assignment || !office::may(reader, actor, Permission::submission_read,
                                    {.class_id = assignment->class_id,
                                     .assignment_id = assignment->id,
                                     .person_id = row->person_id}))
        return std::nullopt;
    const auto found = std::ranges::find(attempt->attachments, id, &domain::Attachment::id);
    if (found == attempt->attachments.end() || found->kind == domain::AttachmentKind::link)
        return std::nullopt;
    return KnownFile{
        .id = id,
        .name = office::filename_of(*found),
        .attached = true,
        .sha1 = found->bytes.sha1,
        .uploaded_by = attempt->actor_id ? name_of(reader, *attempt->actor_id) : std::nullopt,
        .uploaded_at = attempt->received_at,
        .started_at = std::min(time_of(id), attempt->received_at)};
}

}  // namespace

task<Answer<KnownFile>> Office::attachment(domain::Actor actor, Uuid id) {
    const auto now = clock_.now();
    co_return co_await store::read(&store_, [&](Reader& reader) -> Answer<KnownFile> {
        auto found = sent_before(reader, actor, id, now);
        if (!found) found = handed_in(reader, actor, id);
        if (!found) return missing("FileAttachment");
        return std::move(*found);
    });
}

}  // namespace handin::service
