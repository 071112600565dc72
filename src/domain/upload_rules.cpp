#include "domain/upload_rules.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace handin::domain {
namespace {

Refusal refusal(Reason reason, std::string detail, std::string field = "") {
    return {reason, std::move(field), std::move(detail)};
}

UploadUsage usage_of(const State& state, const Uuid& owner) {
    const auto& row = state.upload_usages.at(owner);
    return row.value_or(UploadUsage{.owner_id = owner});
}

// Adds to what the owners of the upload use; several times in one decision adds up.
void charge(const State& state, const Upload& upload, std::int64_t bytes, std::int64_t uploads,
            Changes& changes) {
    auto& usages = changes.upload_usages;
    for (const auto& owner : {upload.person_id, upload.account_id}) {
        auto found = std::ranges::find(usages, owner, &UploadUsage::owner_id);
        if (found == usages.end()) found = usages.insert(found, usage_of(state, owner));
        found->bytes += bytes;
        found->uploads += uploads;
    }
}

void uncharge(const State& state, const Upload& upload, Changes& changes) {
    charge(state, upload, -static_cast<std::int64_t>(upload.reserved()), -1, changes);
}

std::uint64_t left(std::uint64_t limit, std::int64_t used) {
    const auto taken = static_cast<std::uint64_t>(std::max<std::int64_t>(used, 0));
    return limit - std::min(limit, taken);
}

std::expected<Accepted, Refusals> refused(Refusal reason) {
    return std::unexpected(Refusals{std::move(reason)});
}

const std::optional<Upload>& row_of(const State& state, const Uuid& id) {
    return state.uploads.at(id);
}

std::string bytes_text(std::uint64_t bytes) {
    return std::to_string(bytes) + " bytes";
}

// Who may hand in for others may use what others have sent for that.
std::expected<Upload, Refusal> usable_upload(const std::optional<Upload>& upload,
                                             const Submit& command, Time now) {
    auto as_owner = command.actor;
    if (from_outside(command) && upload) {
        as_owner.person_id = upload->person_id;
        as_owner.api_user_id.reset();
    }
    return own_upload(upload, as_owner, now);
}

}  // namespace

std::expected<Upload, Refusal> own_upload(const std::optional<Upload>& upload, const Actor& actor,
                                          Time now) {
    if (!upload || upload->account_id != actor.account_id ||
        upload->person_id != upload_owner(actor))
        return std::unexpected(
            refusal(Reason::upload_not_found, "There is no such upload of yours."));
    if (upload->expired(now))
        return std::unexpected(refusal(Reason::upload_expired, "This upload has expired."));
    return *upload;
}

std::expected<UploadRoom, Refusal> room_for_uploads(const State& state, const Actor& actor,
                                                    const UploadLimits& limits) {
    const auto owner = upload_owner(actor);
    if (owner == Uuid{})
        return std::unexpected(
            refusal(Reason::not_permitted, "Only a person or a program uploads files."));
    const auto person = usage_of(state, owner);
    const auto account = usage_of(state, actor.account_id);
    const auto uploads = left(limits.person_uploads, person.uploads);
    if (uploads == 0)
        return std::unexpected(refusal(
            Reason::upload_quota, "You have " + std::to_string(person.uploads) +
                                      " uploads that are not handed in, and more are not kept: "
                                      "hand some in, delete some, or wait until they expire."));
    const auto bytes = std::min(left(limits.person_bytes, person.bytes),
                                left(limits.account_bytes, account.bytes));
    return UploadRoom{uploads, bytes, std::min(bytes, limits.bytes)};
}

std::optional<Refusal> check_room(const State& state, const Actor& actor, std::uint64_t bytes,
                                  const UploadLimits& limits) {
    const auto room = room_for_uploads(state, actor, limits);
    if (!room) return room.error();
    if (bytes > limits.bytes)
        return refusal(Reason::upload_too_large,
                       "An upload has at most " + bytes_text(limits.bytes) + ".");
    if (bytes <= room->bytes) return std::nullopt;
    const bool own = left(limits.person_bytes, usage_of(state, upload_owner(actor)).bytes) < bytes;
    return refusal(Reason::upload_quota,
                   own ? "Your uploads that are not handed in have at most " +
                             bytes_text(limits.person_bytes) + " together, and " +
                             bytes_text(room->bytes) + " are left."
                       : "The uploads of this school that are not handed in have no room for " +
                             bytes_text(bytes) + " more: try again later.");
}

std::expected<std::uint64_t, Refusal> length_of_parts(const State& state, const Actor& actor,
                                                      std::span<const Uuid> parts, Time now) {
    std::uint64_t total = 0;
    for (const auto& id : parts) {
        const auto part = own_upload(row_of(state, id), actor, now);
        if (!part) return std::unexpected(part.error());
        if (part->kind != Upload::Kind::part)
            return std::unexpected(
                refusal(Reason::upload_kind, "Only partial uploads can be concatenated."));
        if (part->state != Upload::State::finished)
            return std::unexpected(
                refusal(Reason::upload_unfinished, "A partial upload is not complete yet."));
        total += part->received;
    }
    return total;
}

std::expected<Accepted, Refusals> decide_create(const State& state, CreateUpload& command,
                                                Time now) {
    auto& upload = command.upload;
    if (auto no = check_room(state, command.actor, upload.reserved(), command.limits))
        return refused(std::move(*no));
    if (upload.kind == Upload::Kind::joined) {
        const auto length = length_of_parts(state, command.actor, upload.parts, now);
        if (!length) return refused(length.error());
        if (*length != upload.received)
            return refused(refusal(Reason::upload_length, "The parts have changed meanwhile."));
    }
    upload.created_at = now;
    upload.expires_at = now + command.limits.life;
    Accepted accepted;
    auto& changes = accepted.changes;
    if (upload.state == Upload::State::finished && upload.bytes.in_row)
        changes.row_bytes.push_back({upload.bytes.storage_id, std::move(command.row_bytes)});
    charge(state, upload, static_cast<std::int64_t>(upload.reserved()), 1, changes);
    changes.uploads.push_back(upload);
    accepted.upload = std::move(upload);
    return accepted;
}

// Each is decided after what those before it have taken.
std::expected<Accepted, Refusals> decide_create_all(const State& state, CreateUploads& command,
                                                    Time now) {
    State so_far;
    Accepted all;
    for (std::size_t i = 0; i < command.uploads.size(); ++i) {
        auto& one = command.uploads[i];
        for (const auto& owner : {one.upload.person_id, one.upload.account_id})
            so_far.upload_usages.try_emplace(owner, state.upload_usages.at(owner));
        for (const auto& part : one.upload.parts)
            so_far.uploads.try_emplace(part, row_of(state, part));
        auto made = decide_create(so_far, one, now);
        if (!made) {
            made.error().front().field = "uploads[" + std::to_string(i) + "]";
            return std::unexpected(std::move(made.error()));
        }
        apply(made->changes, so_far);
        std::ranges::move(made->changes.row_bytes, std::back_inserter(all.changes.row_bytes));
        std::ranges::move(made->changes.uploads, std::back_inserter(all.changes.uploads));
        all.changes.upload_usages = std::move(made->changes.upload_usages);
    }
    return all;
}

std::optional<Refusal> check_receiving(const std::optional<Upload>& upload, const Actor& actor,
                                       std::uint64_t from, std::optional<std::uint64_t> length,
                                       const UploadLimits& limits, Time now) {
    const auto own = own_upload(upload, actor, now);
    if (!own) return own.error();
    if (own->kind == Upload::Kind::joined)
        return refusal(Reason::upload_joined, "Nothing can be added to a concatenated upload.");
    if (own->received != from)
        return refusal(Reason::upload_offset, "This upload has " + bytes_text(own->received) + ".");
    if (own->state != Upload::State::receiving)
        return refusal(Reason::upload_finished, "This upload is complete.");
    if (length && own->length && length != own->length)
        return refusal(Reason::upload_length, "The length of this upload is known already.");
    if (length && *length < from)
        return refusal(Reason::upload_length, "This upload has more bytes already.");
    if (length && *length > limits.bytes)
        return refusal(Reason::upload_too_large,
                       "An upload has at most " + bytes_text(limits.bytes) + ".");
    return std::nullopt;
}

std::expected<Accepted, Refusals> decide_grow(const State& state, GrowUpload& command, Time now) {
    const auto& row = row_of(state, command.upload_id);
    if (auto no =
            check_receiving(row, command.actor, command.from, command.length, command.limits, now))
        return refused(std::move(*no));
    auto upload = *row;
    if (command.length) upload.length = command.length;
    upload.received = command.to;
    if (upload.received > upload.length.value_or(command.limits.bytes))
        return refused(refusal(Reason::upload_too_large, "This upload takes no more bytes."));
    // Only an upload whose length was not told takes more room than it had.
    const auto more = upload.reserved() - std::min(upload.reserved(), row->reserved());
    if (more > 0) {
        const auto person = usage_of(state, upload.person_id);
        const auto account = usage_of(state, upload.account_id);
        if (more > left(command.limits.person_bytes, person.bytes) ||
            more > left(command.limits.account_bytes, account.bytes))
            return refused(refusal(Reason::upload_quota,
                                   "There is no room for more uploads that are not handed in."));
    }
    if (command.bytes) {
        upload.state = Upload::State::finished;
        upload.bytes = *command.bytes;
    }
    upload.expires_at = now + command.limits.life;
    Accepted accepted;
    if (more > 0) charge(state, upload, static_cast<std::int64_t>(more), 0, accepted.changes);
    accepted.changes.uploads.push_back(upload);
    accepted.upload = std::move(upload);
    return accepted;
}

std::expected<Accepted, Refusals> decide_discard(const State& state, DiscardUpload& command,
                                                 Time now) {
    const auto own = own_upload(row_of(state, command.upload_id), command.actor, now);
    if (!own) return refused(own.error());
    if (own->state == Upload::State::attached)
        return refused(refusal(Reason::upload_attached, "This upload has been handed in."));
    Accepted accepted;
    accepted.changes.removed_uploads.push_back(*own);
    uncharge(state, *own, accepted.changes);
    return accepted;
}

std::expected<Accepted, Refusals> decide_expire(const State& state, ExpireUploads& command,
                                                Time now) {
    Accepted accepted;
    for (const auto& id : command.upload_ids) {
        const auto& upload = row_of(state, id);
        if (!upload || !upload->expired(now)) continue;
        accepted.changes.removed_uploads.push_back(*upload);
        if (upload->state != Upload::State::attached) uncharge(state, *upload, accepted.changes);
    }
    return accepted;
}

Refusals check_uploads(const State& state, const Submit& command, Time now) {
    Refusals refusals;
    std::set<Uuid> seen;
    for (std::size_t i = 0; i < command.attachments.size(); ++i) {
        const auto& item = command.attachments[i];
        if (!item.upload_id) continue;
        const auto add = [&](Reason reason, std::string detail, std::string_view field) {
            refusals.push_back(
                refusal(reason, std::move(detail),
                        "attachments[" + std::to_string(i) + "]." + std::string(field)));
        };
        const auto own = usable_upload(row_of(state, *item.upload_id), command, now);
        if (!own)
            add(own.error().reason, own.error().detail, "upload_id");
        else if (own->state == Upload::State::attached)
            add(Reason::upload_attached, "This upload has been handed in already.", "upload_id");
        else if (!seen.insert(own->id).second)
            add(Reason::upload_twice, "This upload is named twice.", "upload_id");
        else if (own->kind == Upload::Kind::part)
            add(Reason::upload_kind, "A partial upload must be concatenated first.", "upload_id");
        else if (own->state != Upload::State::finished ||
                 item.scan.kind == ScanResult::Kind::unseen)
            add(Reason::upload_unfinished, "This upload was not complete.", "upload_id");
        else if (item.attachment.title.empty() && own->filename.empty())
            add(Reason::title_missing, "The upload has no file name: give a title.", "title");
    }
    return refusals;
}

void attach_uploads(const State& state, Submit& command, Changes& changes) {
    for (auto& item : command.attachments) {
        if (!item.upload_id) continue;
        auto& upload = changes.uploads.emplace_back(*row_of(state, *item.upload_id));
        upload.state = Upload::State::attached;
        uncharge(state, upload, changes);
        item.attachment.bytes = upload.bytes;
        if (item.attachment.title.empty()) item.attachment.title = upload.filename;
    }
}

}  // namespace handin::domain
