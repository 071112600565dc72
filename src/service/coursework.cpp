#include "service/coursework.hpp"

#include <algorithm>
#include <ranges>
#include <system_error>

#include "base/log.hpp"

namespace handin::service {
namespace {

using domain::AttachmentKind;
using domain::Reason;
using domain::Refusal;
using store::Reader;

// Texts are shown inside replies: of one submission the latest ones up to so much, and a page of
// submissions ends when it has gathered that much.
constexpr std::size_t kShownTextBytes = 1024 * 1024;
// However long a page may be asked to be: what is rendered at once keeps others waiting.
constexpr std::size_t kLongestPage = 1000;

std::unexpected<Refusal> missing(std::string what) {
    return std::unexpected(Refusal{Reason::not_found, std::move(what), ""});
}

// The place of the actor in the class; nobody else learns that it exists.
Answer<domain::Membership> enter(Reader& reader, const domain::Actor& actor, const Uuid& class_id) {
    if (!actor.person_id) return missing("class_id");
    const auto membership = reader.membership(class_id, *actor.person_id);
    if (!membership) return missing("class_id");
    return *membership;
}

bool may_see(const domain::Membership& membership, const Uuid& person,
             const domain::Assignment& assignment, Time now) {
    return membership.roles.teaches() || is_visible_to(person, assignment, now);
}

struct Place {
    domain::Membership membership;
    domain::Assignment assignment;
};

Answer<Place> find_place(Reader& reader, const domain::Actor& actor, const Uuid& class_id,
                         const Uuid& assignment_id, Time now) {
    const auto membership = enter(reader, actor, class_id);
    if (!membership) return std::unexpected(membership.error());
    auto assignment = reader.assignment(assignment_id);
    if (!assignment || assignment->class_id != class_id ||
        !may_see(*membership, *actor.person_id, *assignment, now))
        return missing("assignment_id");
    return Place{*membership, std::move(*assignment)};
}

bool is_text(const ShownAttachment& item) {
    return item.attachment.kind == AttachmentKind::text;
}

ShownAttempt shown(domain::Attempt attempt) {
    ShownAttempt shown{.id = attempt.id, .submitted_at = attempt.submitted_at, .attachments = {}};
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

// A student's submission, whether or not anything has been handed in.
domain::Submission facts_of(Reader& reader, const domain::Assignment& assignment,
                            const store::ClassMember& student) {
    auto row = reader.submission(domain::submission_id(assignment.id, student.person_id));
    return row ? std::move(*row)
               : untouched(assignment, student.person_id, student.membership.since);
}

// Whose submission has this id? Without a row only trying everybody tells: the id is a hash.
std::optional<store::ClassMember> find_student(Reader& reader, const domain::Assignment& assignment,
                                               const Uuid& id) {
    constexpr std::size_t chunk = 1000;
    store::Page page{.after = std::nullopt, .limit = chunk};
    for (;;) {
        const auto students = reader.students(assignment.class_id, page);
        const auto found = std::ranges::find_if(students, [&](const auto& student) {
            return domain::submission_id(assignment.id, student.person_id) == id;
        });
        if (found != students.end()) return *found;
        if (students.size() < chunk) return std::nullopt;
        page.after = students.back().person_id;
    }
}

Listed<ShownSubmission> list_all(Reader& reader, const domain::Assignment& assignment,
                                 const Page& page, Time now) {
    Listed<ShownSubmission> listed;
    std::size_t texts = 0;
    const auto students = reader.students(assignment.class_id, {page.after, page.limit + 1});
    for (std::size_t i = 0; i < students.size(); ++i) {
        if (i == page.limit || texts > kShownTextBytes) {
            listed.next = students[i - 1].person_id;
            break;
        }
        auto facts = facts_of(reader, assignment, students[i]);
        // Whoever it is not assigned to has no submission, unless they handed in when it was.
        if (facts.version == 0 && !assignment.assigned_to(facts.person_id)) continue;
        listed.items.push_back(shown(reader, std::move(facts), assignment, now));
        texts += text_bytes(listed.items.back());
    }
    return listed;
}

// Cuts what was read one too many to know whether there is more.
template <class Row>
Listed<Row> cut(std::vector<Row> rows, std::size_t limit) {
    Listed<Row> listed{.items = std::move(rows), .next = std::nullopt};
    if (listed.items.size() > limit) {
        listed.items.resize(limit);
        listed.next = listed.items.back().id;
    }
    return listed;
}

struct FileRequest {
    domain::Actor actor;
    Uuid class_id;
    std::optional<Uuid> assignment_id;
    std::optional<Uuid> submission_id;
    Uuid file_id;
};

Answer<domain::Attachment> find_file(Reader& reader, const FileRequest& wanted, Time now) {
    const auto membership = enter(reader, wanted.actor, wanted.class_id);
    if (!membership) return std::unexpected(membership.error());
    auto attempt = reader.attempt_of(wanted.file_id);
    if (!attempt || attempt->submission_id != wanted.submission_id.value_or(attempt->submission_id))
        return missing("file_id");
    const auto submission = reader.submission(attempt->submission_id);
    if (!submission ||
        submission->assignment_id != wanted.assignment_id.value_or(submission->assignment_id))
        return missing("file_id");
    const auto place =
        find_place(reader, wanted.actor, wanted.class_id, submission->assignment_id, now);
    if (!place) return missing("file_id");
    if (!membership->roles.teaches() && submission->person_id != wanted.actor.person_id)
        return missing("file_id");
    const auto found =
        std::ranges::find(attempt->attachments, wanted.file_id, &domain::Attachment::id);
    if (found == attempt->attachments.end() || found->kind == AttachmentKind::link)
        return missing("file_id");
    return std::move(*found);
}

}  // namespace

task<Answer<Profile>> Coursework::profile(domain::Actor actor) {
    co_return co_await store::read(&store_, [&](Reader& reader) -> Answer<Profile> {
        if (!actor.person_id) return missing("person_id");
        auto person = reader.person(*actor.person_id);
        if (!person) return missing("person_id");
        return Profile{std::move(*person), reader.affiliation(*actor.person_id)};
    });
}

task<Listed<domain::Class>> Coursework::classes(domain::Actor actor, store::Page page) {
    auto rows = co_await store::read(&store_, [&](Reader& reader) {
        return reader.classes_of(*actor.person_id, {page.after, page.limit + 1});
    });
    co_return cut(std::move(rows), page.limit);
}

task<Answer<domain::Class>> Coursework::klass(domain::Actor actor, Uuid class_id) {
    co_return co_await store::read(&store_, [&](Reader& reader) -> Answer<domain::Class> {
        if (auto membership = enter(reader, actor, class_id); !membership)
            return std::unexpected(membership.error());
        auto klass = reader.klass(class_id);
        if (!klass) return missing("class_id");
        return std::move(*klass);
    });
}

task<Answer<Listed<domain::Assignment>>> Coursework::assignments(domain::Actor actor, Uuid class_id,
                                                                 store::Page page) {
    const auto now = clock_.now();
    page.limit = std::min(page.limit, kLongestPage);
    using List = Listed<domain::Assignment>;
    co_return co_await store::read_long(&store_, [&](Reader& reader) -> Answer<List> {
        const auto membership = enter(reader, actor, class_id);
        if (!membership) return std::unexpected(membership.error());
        auto list = cut(reader.assignments(class_id, {page.after, page.limit + 1}), page.limit);
        std::erase_if(list.items, [&](const domain::Assignment& assignment) {
            return !may_see(*membership, *actor.person_id, assignment, now);
        });
        return list;
    });
}

task<Answer<domain::Assignment>> Coursework::assignment(domain::Actor actor, Uuid class_id,
                                                        Uuid assignment_id) {
    const auto now = clock_.now();
    co_return co_await store::read(&store_, [&](Reader& reader) -> Answer<domain::Assignment> {
        auto place = find_place(reader, actor, class_id, assignment_id, now);
        if (!place) return std::unexpected(place.error());
        return std::move(place->assignment);
    });
}

task<Answer<Listed<ShownSubmission>>> Coursework::submissions(domain::Actor actor, Uuid class_id,
                                                              Uuid assignment_id,
                                                              store::Page page) {
    const auto now = clock_.now();
    page.limit = std::min(page.limit, kLongestPage);
    using List = Listed<ShownSubmission>;
    auto answer = co_await store::read_long(&store_, [&](Reader& reader) -> Answer<List> {
        const auto place = find_place(reader, actor, class_id, assignment_id, now);
        if (!place) return std::unexpected(place.error());
        const auto& [membership, assignment] = *place;
        if (membership.roles.teaches()) return list_all(reader, assignment, page, now);
        List own;
        if (membership.roles.has(domain::Role::student) && !page.after)
            own.items.push_back(shown(reader,
                                      facts_of(reader, assignment, {*actor.person_id, membership}),
                                      assignment, now));
        return own;
    });
    if (answer)
        for (auto& item : answer->items)
            co_await add_stored_texts(&item.attempts);
    co_return answer;
}

task<Answer<ShownSubmission>> Coursework::submission(domain::Actor actor, Uuid class_id,
                                                     Uuid assignment_id, Uuid submission_id) {
    const auto now = clock_.now();
    auto answer = co_await store::read(&store_, [&](Reader& reader) -> Answer<ShownSubmission> {
        const auto place = find_place(reader, actor, class_id, assignment_id, now);
        if (!place) return std::unexpected(place.error());
        const auto& [membership, assignment] = *place;
        const bool own = domain::submission_id(assignment_id, *actor.person_id) == submission_id &&
                         membership.roles.has(domain::Role::student);
        if (!own && !membership.roles.teaches()) return missing("submission_id");
        if (auto row = reader.submission(submission_id)) {
            if (row->assignment_id != assignment_id) return missing("submission_id");
            return shown(reader, std::move(*row), assignment, now);
        }
        const auto student = own ? store::ClassMember{*actor.person_id, membership}
                                 : find_student(reader, assignment, submission_id);
        if (!student || !assignment.assigned_to(student->person_id))
            return missing("submission_id");
        return shown(reader, untouched(assignment, student->person_id, student->membership.since),
                     assignment, now);
    });
    if (answer) co_await add_stored_texts(&answer->attempts);
    co_return answer;
}

task<Answer<Download>> Coursework::file(domain::Actor actor, Uuid class_id,
                                        std::optional<Uuid> assignment_id,
                                        std::optional<Uuid> submission_id, Uuid file_id) {
    const FileRequest wanted{actor, class_id, assignment_id, submission_id, file_id};
    const auto now = clock_.now();
    auto answer = co_await store::read(&store_, [&](Reader& reader) -> Answer<Download> {
        auto attachment = find_file(reader, wanted, now);
        if (!attachment) return std::unexpected(attachment.error());
        Download download{.attachment = std::move(*attachment), .row_bytes = {}, .reader = {}};
        const auto& bytes = download.attachment.bytes;
        if (bytes.in_row) download.row_bytes = reader.row_bytes(bytes.storage_id);
        return download;
    });
    if (answer && !answer->attachment.bytes.in_row)
        answer->reader = co_await blobs_.open(answer->attachment.bytes.storage_id, 0,
                                              answer->attachment.bytes.size);
    co_return answer;
}

task<ShownSubmission> Coursework::show(domain::Accepted accepted) {
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
        result.attempts = co_await store::read(&store_, [&](Reader& reader) {
            auto attempts = shown_attempts(reader, earlier);
            add_fresh(attempts);  // first: a repeat shows the same, and they take of the room
            add_row_texts(reader, attempts);
            return attempts;
        });
    }
    co_await add_stored_texts(&result.attempts);
    co_return result;
}

// A text that cannot be read must not hide the rest: it stays without, and an operator is told.
task<void> Coursework::add_stored_texts(std::vector<ShownAttempt>* attempts) {
    for (auto* item : texts_to_show(*attempts)) {
        const auto& bytes = item->attachment.bytes;
        if (item->text || bytes.in_row) continue;
        try {
            std::string text;
            const auto reader = co_await blobs_.open(bytes.storage_id, 0, bytes.size);
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

}  // namespace handin::service
