#include "service/intake.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include "base/encoding.hpp"
#include "base/hash.hpp"
#include "domain/submit_rules.hpp"
#include "service/last_work.hpp"
#include "service/place.hpp"

namespace handin::service {
namespace {

// For how long a disk that has refused something counts as full.
constexpr std::chrono::seconds kShortOfRoom{10};

domain::Refusal denied() {
    return {domain::Reason::not_permitted, "", "Handing in there was denied to you."};
}

Uuid whose(const domain::Actor& actor, const std::optional<Uuid>& another) {
    return another.value_or(actor.person_id.value_or(Uuid{}));
}

Onlooker onlooker(const domain::Actor& actor, const std::optional<Uuid>& another) {
    if (!another) return owner(actor);
    return {actor.person_id.value_or(Uuid{}), domain::Viewer::grader, domain::Anonymity::named};
}

// Of those that it may use; nothing: of anybody here (domain/upload_rules).
std::optional<Uuid> owner_of_uploads(const domain::Submit& command) {
    if (domain::from_outside(command)) return std::nullopt;
    return domain::upload_owner(command.actor);
}

std::optional<Uuid> another(const Handin& handin) {
    return handin.for_another ? std::optional(handin.for_another->person_id) : std::nullopt;
}

}  // namespace

IncomingAttachment::IncomingAttachment(blob::BlobStore& blobs, Time now, Reception::Kept kept)
    : id_(uuid_v7(now)), upload_(blobs, uuid_v7(now)), kept_(std::move(kept)) {}

task<void> IncomingAttachment::write(std::string_view bytes) {
    size_ += bytes.size();
    if (!kept_.grow_to(std::min<std::uint64_t>(size_, kTextStartBytes) +
                       std::min<std::uint64_t>(size_, blob::kStageBytes)))
        throw Overloaded("too much is being received");
    if (text_start_.size() < kTextStartBytes)
        text_start_ += bytes.substr(0, kTextStartBytes - text_start_.size());
    try {
        co_await upload_.write(bytes);
    } catch (const std::system_error& error) {
        throw NoRoom(error.what());
    }
}

task<blob::Stored> IncomingAttachment::store() {
    try {
        co_return co_await upload_.finish();
    } catch (const std::system_error& error) {
        throw NoRoom(error.what());
    }
}

domain::ReplayKey replay_key(const domain::Actor& actor, std::string_view verb,
                             std::string_view key) {
    const Uuid nobody{};
    std::string name = hex(actor.account_id.bytes);
    name += hex(actor.person_id.value_or(nobody).bytes);
    name += hex(actor.integration_id.value_or(nobody).bytes);
    if (actor.api_user_id) name += hex(actor.api_user_id->bytes);
    name += verb;
    name += ' ';
    name += key;
    const auto digest = sha256(name);
    domain::ReplayKey result{};
    std::copy_n(digest.begin(), result.size(), result.begin());
    return result;
}

task<Intake::Admission> Intake::admit(domain::Actor actor, Uuid class_id, Uuid assignment_id,
                                      std::optional<domain::ReplayKey> key) {
    const auto now = clock_.now();
    using Earlier = std::expected<std::optional<domain::Accepted>, domain::Refusal>;
    auto earlier = co_await store::glance(&store_, [&](store::Reader& reader) -> Earlier {
        domain::State state;
        state.classes[class_id] = reader.klass(class_id);
        const auto& assignment = state.assignments[assignment_id] =
            reader.any_assignment(assignment_id);
        const auto person = actor.person_id.value_or(Uuid{});
        // First of all: what was acknowledged stays so, whatever has become of the assignment.
        if (const auto submission =
                key && assignment ? reader.submission(domain::submission_id(assignment_id, person))
                                  : std::nullopt)
            if (auto answer = domain::answered_before(*submission, *assignment, key, now))
                return answer;
        state.people[person] = reader.person(person);
        state.memberships[{class_id, person}] = reader.membership(class_id, person);
        if (auto refusal =
                domain::check_student(state, actor, class_id, assignment_id, person, now))
            return std::unexpected(std::move(*refusal));
        if (!may_hand_in(reader, actor, class_id, assignment_id)) return std::unexpected(denied());
        return std::nullopt;
    });
    if (!earlier) co_return std::unexpected(std::move(earlier.error()));
    if (!*earlier) co_return std::nullopt;
    co_return Accepted{co_await show(&store_, &blobs_, std::move(**earlier), owner(actor)), true};
}

Seat Intake::seat(const domain::Actor& actor, const Uuid& assignment_id, Time began,
                  std::optional<std::uint64_t> length, const std::optional<Uuid>& for_another) {
    const auto id = domain::submission_id(assignment_id, whose(actor, for_another));
    try {
        return {entrance_.enter(length), id, began};
    } catch (const TryLater& why) {
        remember(id, began, why);
        throw;
    }
}

void Intake::turned_away(const Seat& seat, const TryLater& why) {
    remember(seat.submission_id, clock_.now(), why);
}

void Intake::remember(const Uuid& submission_id, Time arrived, const TryLater& why) {
    const auto now = clock_.now();
    arrivals_.turned_away(submission_id, arrived, now);
    if (dynamic_cast<const NoRoom*>(&why) != nullptr) no_room_at_ = to_micros(now);
}

bool Intake::short_of_room() const {
    return clock_.now() - from_micros(no_room_at_) < kShortOfRoom;
}

// An upload is looked at when it is handed in: only then does it become anybody else's. One that
// may not be handed in is not looked at; the rules say why. They are asked later, and it may have
// been completed by then.
task<domain::ScanResult> Intake::inspect_upload(Uuid upload_id, std::optional<Uuid> owner_id,
                                                Suspect suspect) {
    const auto stored = co_await store::read(&store_, [&](store::Reader& reader) {
        std::optional<blob::Stored> found;
        const auto upload = reader.upload(upload_id);
        if (!upload || upload->account_id != suspect.account_id ||
            (owner_id && upload->person_id != *owner_id) ||
            upload->state != domain::Upload::State::finished)
            return found;
        const auto& bytes = upload->bytes;
        found = blob::Stored{.storage_id = bytes.storage_id,
                             .size = bytes.size,
                             .sha256 = bytes.sha256,
                             .sha1 = bytes.sha1,
                             .in_row = bytes.in_row,
                             .row_bytes = {}};
        if (bytes.in_row) found->row_bytes = reader.row_bytes(bytes.storage_id);
        return found;
    });
    if (!stored)
        co_return domain::ScanResult{.kind = domain::ScanResult::Kind::unseen, .signature = {}};
    co_return co_await inspection_->inspect(&*stored, std::move(suspect));
}

// Its bytes are in quarantine: what would be left of it could never be handed in.
task<void> Intake::discard_infected(domain::Actor actor, std::vector<Uuid> upload_ids) {
    for (const auto& id : upload_ids)
        (void)co_await committer_.execute(domain::DiscardUpload{.actor = actor, .upload_id = id});
}

task<domain::NewAttachment> Intake::finish(IncomingAttachment* incoming,
                                           const domain::Submit* command) {
    domain::NewAttachment made;
    auto& attachment = made.attachment;
    // What was sent before keeps its id: clients of Tabula know it by that.
    attachment.id = incoming->upload_id.value_or(incoming->id_);
    attachment.kind = incoming->kind;
    attachment.title = std::move(incoming->title);
    attachment.description = std::move(incoming->description);
    attachment.url = std::move(incoming->url);
    made.upload_id = incoming->upload_id;
    if (incoming->kind == domain::AttachmentKind::link) co_return made;
    Suspect suspect{.account_id = command->actor.account_id,
                    .person_id = command->person_id,
                    .assignment_id = command->assignment_id,
                    .title = attachment.title,
                    .request_id = command->request.request_id,
                    .client_ip = command->request.client_ip};
    if (made.upload_id) {
        if (inspection_)
            made.scan = co_await inspect_upload(*made.upload_id, owner_of_uploads(*command),
                                                std::move(suspect));
        co_return made;
    }
    auto stored = co_await incoming->store();
    if (inspection_) made.scan = co_await inspection_->inspect(&stored, std::move(suspect));
    attachment.bytes = {.storage_id = stored.storage_id,
                        .size = stored.size,
                        .sha256 = stored.sha256,
                        .sha1 = stored.sha1,
                        .in_row = stored.in_row};
    made.row_bytes = std::move(stored.row_bytes);
    auto text_start = std::exchange(incoming->text_start_, {});  // of a file: not needed any more
    if (incoming->kind == domain::AttachmentKind::text) {
        made.text_start = std::move(text_start);
        trim_to_code_point(made.text_start);
    }
    co_return made;
}

task<std::expected<Accepted, domain::Refusals>> Intake::submit(domain::Actor actor, Handin handin) {
    const auto id = domain::submission_id(handin.assignment_id, whose(actor, another(handin)));
    const auto arrived = handin.received_at;
    const auto began = handin.seat ? handin.seat->began : arrived;
    if (const auto first = arrivals_.first(id, began))
        handin.received_at = std::min(arrived, *first);
    try {
        auto accepted = co_await take(std::move(actor), &handin);
        if (accepted && !accepted->repeated) arrivals_.settle(id);
        co_return accepted;
    } catch (const TryLater& why) {
        remember(id, arrived, why);
        throw;
    }
}

task<std::expected<Accepted, domain::Refusals>> Intake::take(domain::Actor actor, Handin* whole) {
    auto& handin = *whole;
    const auto now = clock_.now();
    domain::Submit command{.actor = actor,
                           .origin = handin.origin,
                           .class_id = handin.class_id,
                           .assignment_id = handin.assignment_id,
                           .person_id = whose(actor, another(handin)),
                           .attempt_id = uuid_v7(now),
                           .event_id = uuid_v7(now),
                           .attachments = {},
                           .received_at = handin.received_at,
                           .submitted_at = std::nullopt,
                           .replay_key = handin.replay_key,
                           .request = std::move(handin.request),
                           .policy = handin.policy};
    if (const auto& errand = handin.for_another) {
        command.submitted_at = errand->submitted_at;
        command.on_behalf = errand->how;
    }
    const auto reader = onlooker(actor, another(handin));
    command.attachments.reserve(handin.attachments.size());
    for (auto& incoming : handin.attachments)
        command.attachments.push_back(co_await finish(&incoming, &command));

    std::vector<Uuid> infected;
    for (const auto& item : command.attachments)
        if (item.upload_id && item.scan.kind == domain::ScanResult::Kind::infected)
            infected.push_back(*item.upload_id);

    const auto keep = [&handin] {
        for (auto& incoming : handin.attachments)
            incoming.upload_.keep();
    };
    std::optional<Committer::Outcome> outcome;
    try {
        outcome = co_await committer_.execute(std::move(command));
    } catch (const InDoubt&) {
        keep();  // the commit may turn out to have named them
        throw;
    }
    if (!*outcome) {
        co_await discard_infected(actor, std::move(infected));
        co_return std::unexpected(std::move(outcome->error()));
    }
    if (!(*outcome)->repeated) keep();
    const bool repeated = (*outcome)->repeated;
    co_return Accepted{co_await show(&store_, &blobs_, std::move(**outcome), reader), repeated};
}

task<std::expected<Accepted, domain::Refusals>> Intake::reclaim(domain::Actor actor,
                                                                TakeBack take_back) {
    // Whoever is no student there hears so from the rules.
    const bool allowed =
        take_back.for_another || co_await store::glance(&store_, [&](store::Reader& reader) {
            const auto person = actor.person_id.value_or(Uuid{});
            const auto membership = reader.membership(take_back.class_id, person);
            const auto assignment = reader.assignment(take_back.assignment_id);
            return !membership || !membership->roles.has(domain::Role::student) || !assignment ||
                   assignment->class_id != take_back.class_id ||
                   may_hand_in(reader, actor, take_back.class_id, take_back.assignment_id);
        });
    if (!allowed) co_return std::unexpected(domain::Refusals{denied()});
    auto outcome = co_await committer_.execute(
        domain::Reclaim{.actor = actor,
                        .origin = take_back.origin,
                        .class_id = take_back.class_id,
                        .assignment_id = take_back.assignment_id,
                        .person_id = whose(actor, take_back.for_another),
                        .event_id = uuid_v7(clock_.now()),
                        .received_at = take_back.received_at,
                        .replay_key = take_back.replay_key,
                        .request = std::move(take_back.request),
                        .on_behalf = take_back.for_another.has_value()});
    if (!outcome) co_return std::unexpected(std::move(outcome.error()));
    const bool repeated = outcome->repeated;
    co_return Accepted{co_await show(&store_, &blobs_, std::move(*outcome),
                                     onlooker(actor, take_back.for_another)),
                       repeated};
}

}  // namespace handin::service
