#include "service/uploads.hpp"

#include <algorithm>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "domain/upload_rules.hpp"

namespace handin::service {
namespace {

using domain::Reason;
using domain::Refusals;

Refusals refused(Reason reason, std::string detail) {
    return {{reason, "", std::move(detail)}};
}

domain::Upload made(const domain::Actor& actor, NewUpload about, Uuid id) {
    return {.id = id,
            .account_id = actor.account_id,
            .person_id = domain::upload_owner(actor),
            .kind = about.kind,
            .length = about.length,
            .filename = std::move(about.filename),
            .media_type = std::move(about.media_type),
            .metadata = std::move(about.metadata),
            .parts = std::move(about.parts)};
}

// As complete as the bytes that were stored for it.
void complete(domain::Upload& upload, const blob::Stored& stored) {
    upload.state = domain::Upload::State::finished;
    upload.length = upload.received = stored.size;
    upload.bytes = {.storage_id = stored.storage_id,
                    .size = stored.size,
                    .sha256 = stored.sha256,
                    .sha1 = stored.sha1,
                    .in_row = stored.in_row};
}

// The usage of the actor's person and account.
domain::State usage_state(store::Reader& reader, const domain::Actor& actor) {
    domain::State state;
    for (const auto& owner : {domain::upload_owner(actor), actor.account_id})
        state.upload_usages[owner] = reader.upload_usage(owner);
    return state;
}

}  // namespace

void remove_bytes(blob::BlobStore& blobs, const std::vector<domain::Upload>& removed) {
    using enum domain::Upload::State;
    for (const auto& upload : removed) {
        if (upload.state == receiving) blobs.partials()->remove(upload.id);
        if (upload.state == finished && !upload.bytes.in_row) blobs.remove(upload.bytes.storage_id);
    }
}

Uploads::Uploads(store::Store& store, blob::BlobStore& blobs, Committer& committer,
                 const Clock& clock, domain::UploadLimits limits, EntranceLimits entrance)
    : store_(store),
      blobs_(blobs),
      committer_(committer),
      clock_(clock),
      limits_(limits),
      entrance_(store, committer, std::move(entrance)) {
    if (blobs.partials() == nullptr)
        throw std::logic_error("uploads need a place for partial files");
}

IncomingUpload Uploads::incoming() {
    return {.bytes = {blobs_, uuid_v7(clock_.now())}, .kept = entrance_.kept()};
}

task<void> Uploads::write(IncomingUpload* incoming, std::string_view bytes) const {
    incoming->size += bytes.size();
    if (!incoming->kept.grow_to(std::min<std::uint64_t>(incoming->size, blob::kStageBytes)))
        throw Overloaded("too much is being received");
    try {
        co_await incoming->bytes.write(bytes);
    } catch (const std::system_error& error) {
        throw Overloaded(error.what());
    }
}

task<Uploads::Answer> Uploads::create(domain::Actor actor, NewUpload about) {
    if (about.length == 0) co_return co_await keep_one(actor, std::move(about), incoming());
    const auto seat = entrance_.enter(0);
    auto outcome = co_await committer_.execute(
        domain::CreateUpload{.actor = actor,
                             .upload = made(actor, std::move(about), uuid_v7(clock_.now())),
                             .limits = limits_});
    if (!outcome) co_return std::unexpected(std::move(outcome.error()));
    co_return std::move(*outcome->upload);
}

task<std::expected<Uploads::Admission, Refusals>> Uploads::admit(
    domain::Actor actor, std::optional<std::uint64_t> bytes) {
    auto seat = entrance_.enter(bytes);
    const auto limits = domain::limits_for(actor, limits_);
    using Room = std::expected<domain::UploadRoom, Refusals>;
    auto room = co_await store::read(&store_, [&](store::Reader& reader) -> Room {
        const auto state = usage_state(reader, actor);
        if (auto no = domain::check_room(state, actor, bytes.value_or(0), limits))
            return std::unexpected(Refusals{std::move(*no)});
        return *domain::room_for_uploads(state, actor, limits);
    });
    if (!room) co_return std::unexpected(std::move(room.error()));
    co_return Admission{*room, std::move(seat)};
}

task<Uploads::Arrived> Uploads::finish(NewUpload about, IncomingUpload incoming) {
    try {
        auto stored = co_await incoming.bytes.finish();
        incoming.kept = entrance_.kept();
        if (!incoming.kept.grow_to(stored.row_bytes.size()))
            throw Overloaded("too much is being received");
        co_return Arrived{std::move(about), std::move(incoming), std::move(stored)};
    } catch (const std::system_error& error) {
        throw Overloaded(error.what());
    }
}

task<Uploads::Answers> Uploads::keep(domain::Actor actor, std::vector<Arrived> files) {
    domain::CreateUploads command;
    for (auto& file : files) {
        auto& one = command.uploads.emplace_back(domain::CreateUpload{
            .actor = actor,
            .upload = made(actor, std::move(file.about), file.stored.storage_id),
            .row_bytes = std::move(file.stored.row_bytes),
            .limits = domain::limits_for(actor, limits_)});
        complete(one.upload, file.stored);
    }
    const auto keep_bytes = [&files] {
        for (auto& file : files)
            file.incoming.bytes.keep();
    };
    std::optional<Committer::Outcome> outcome;
    try {
        outcome = co_await committer_.execute(std::move(command));
    } catch (const InDoubt&) {
        keep_bytes();  // the commit may turn out to have named them
        throw;
    }
    if (!*outcome) co_return std::unexpected(std::move(outcome->error()));
    keep_bytes();
    co_return std::move((*outcome)->changes.uploads);
}

task<Uploads::Answer> Uploads::keep_one(domain::Actor actor, NewUpload about,
                                        IncomingUpload incoming) {
    std::vector<Arrived> files;
    files.push_back(co_await finish(std::move(about), std::move(incoming)));
    auto kept = co_await keep(actor, std::move(files));
    if (!kept) co_return std::unexpected(std::move(kept.error()));
    co_return std::move(kept->front());
}

task<std::optional<domain::Upload>> Uploads::row(Uuid upload_id) {
    co_return co_await store::read(&store_,
                                   [&](store::Reader& reader) { return reader.upload(upload_id); });
}

task<Uploads::Answer> Uploads::find(domain::Actor actor, Uuid upload_id) {
    auto own = domain::own_upload(co_await row(upload_id), actor, clock_.now());
    if (!own) co_return std::unexpected(Refusals{std::move(own.error())});
    co_return std::move(*own);
}

task<Uploads::Opened> Uploads::receive(domain::Actor actor, Append append) {
    auto seat = entrance_.enter(append.bytes);
    auto hold = in_hand_.take(append.upload_id);
    auto upload = co_await row(append.upload_id);
    const auto own = domain::own_upload(upload, actor, clock_.now());
    if (!own) co_return std::unexpected(Refusals{own.error()});
    if (!hold)
        co_return std::unexpected(
            refused(Reason::upload_busy, "Another request is sending to this upload."));
    if (auto no = domain::check_receiving(upload, actor, append.offset, append.length, limits_,
                                          clock_.now()))
        co_return std::unexpected(Refusals{std::move(*no)});
    const auto length = upload->length ? upload->length : append.length;
    const auto room = length.value_or(limits_.bytes) - upload->received;
    if (append.bytes.value_or(0) > room)
        co_return std::unexpected(
            refused(Reason::upload_too_large, "This is more than the upload's length."));
    auto receiver = std::make_unique<UploadReceiver>(
        UploadReceiver::Tools{blobs_, committer_, in_hand_, limits_}, std::move(*hold), actor,
        std::move(*upload), append.length, std::move(append.checksum),
        UploadReceiver::Place{std::move(seat), entrance_.kept()});
    co_await receiver->open();
    co_return receiver;
}

task<Uploads::Answer> Uploads::join(domain::Actor actor, NewUpload about, std::vector<Uuid> ids) {
    const auto seat = entrance_.enter(std::nullopt);
    using Parts = std::expected<std::vector<domain::Upload>, Refusals>;
    const auto parts = co_await store::read(&store_, [&](store::Reader& reader) -> Parts {
        auto state = usage_state(reader, actor);
        std::vector<domain::Upload> found;
        for (const auto& id : ids) {
            const auto& upload = state.uploads[id] = reader.upload(id);
            if (upload) found.push_back(*upload);
        }
        const auto length = domain::length_of_parts(state, actor, ids, clock_.now());
        if (!length) return std::unexpected(Refusals{length.error()});
        if (auto no = domain::check_room(state, actor, *length, limits_))
            return std::unexpected(Refusals{std::move(*no)});
        return found;
    });
    if (!parts) co_return std::unexpected(parts.error());
    auto whole = incoming();
    co_await copy(*parts, &whole);
    about.kind = domain::Upload::Kind::joined;
    about.parts = std::move(ids);
    co_return co_await keep_one(actor, std::move(about), std::move(whole));
}

task<std::expected<Download, Refusals>> Uploads::open(domain::Actor actor, Uuid upload_id) {
    auto found = co_await find(std::move(actor), upload_id);
    if (!found) co_return std::unexpected(std::move(found.error()));
    if (found->state == domain::Upload::State::receiving)
        co_return std::unexpected(refused(Reason::upload_unfinished, "Bytes are missing."));
    Download download{.attachment = {.id = found->id,
                                     .kind = domain::AttachmentKind::file,
                                     .title = found->filename,
                                     .description = {},
                                     .url = {},
                                     .bytes = found->bytes},
                      .row_bytes = {},
                      .reader = {}};
    const auto& bytes = found->bytes;
    if (bytes.in_row)
        download.row_bytes = co_await store::read(
            &store_, [&](store::Reader& reader) { return reader.row_bytes(bytes.storage_id); });
    else
        download.reader = co_await blobs_.open(bytes.storage_id, 0, bytes.size);
    co_return download;
}

task<void> Uploads::copy(std::vector<domain::Upload> parts, IncomingUpload* into) {
    try {
        for (const auto& part : parts) {
            if (part.received == 0) continue;
            const auto reader = co_await blobs_.open(part.bytes.storage_id, 0, part.bytes.size);
            for (;;) {
                const auto piece = co_await reader->next();
                if (piece.empty()) break;
                co_await write(into, piece);
            }
        }
    } catch (const std::system_error& error) {
        throw Overloaded(error.what());
    }
}

task<std::expected<void, Refusals>> Uploads::discard(domain::Actor actor, Uuid upload_id) {
    const auto hold = in_hand_.take(upload_id);
    if (!hold) {
        const auto own = domain::own_upload(co_await row(upload_id), actor, clock_.now());
        if (!own) co_return std::unexpected(Refusals{own.error()});
        co_return std::unexpected(
            refused(Reason::upload_busy, "Another request is sending to this upload."));
    }
    auto outcome =
        co_await committer_.execute(domain::DiscardUpload{.actor = actor, .upload_id = upload_id});
    if (!outcome) co_return std::unexpected(std::move(outcome.error()));
    remove_bytes(blobs_, outcome->changes.removed_uploads);
    co_return std::expected<void, Refusals>();
}

}  // namespace handin::service
