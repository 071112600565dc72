#include "service/coursework.hpp"

#include <algorithm>
#include <functional>

#include "service/place.hpp"
#include "service/readable_classes.hpp"
#include "service/standing.hpp"

namespace handin::service {
namespace {

using store::Reader;

// However long a page may be asked to be: what is rendered at once keeps others waiting.
constexpr std::size_t kLongestPage = 1000;

// To whom else an assignment is given (for more time, to catch up) is no student's business.
void hide_others(const Member& member, const std::optional<Uuid>& person,
                 domain::Assignment& assignment) {
    if (member.reads_all) return;
    std::erase_if(assignment.assignees, [&](const Uuid& assignee) { return assignee != person; });
}

// A student of a list, and by what the list is in order.
struct Entry {
    Uuid key;
    store::ClassMember student;
};

// What comes after page.after, one more than is asked for. In the order of the roster, or, where
// that would tell who is who, in that of the pseudonyms: then the whole class is looked at.
std::vector<Entry> entries_of(Reader& reader, const domain::Assignment& assignment,
                              const Onlooker& onlooker, const Page& page) {
    std::vector<Entry> entries;
    const auto most = page.limit + 1;
    if (onlooker.pseudonyms == nullptr) {
        for (auto& student : reader.students(assignment.class_id, {page.after, most}))
            entries.push_back({student.person_id, student});
        return entries;
    }
    for (Page all{.after = {}, .limit = kLongestPage};;) {
        const auto students = reader.students(assignment.class_id, all);
        for (const auto& student : students) {
            const auto key =
                name_for(onlooker, domain::submission_id(assignment.id, student.person_id));
            if (!page.after || key > *page.after) entries.push_back({key, student});
        }
        if (students.size() < all.limit) break;
        all.after = students.back().person_id;
    }
    std::ranges::sort(entries, {}, &Entry::key);
    if (entries.size() > most)
        entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(most), entries.end());
    return entries;
}

Listed<ShownSubmission> list_all(Reader& reader, const Member& member,
                                 const domain::Assignment& assignment, const Onlooker& onlooker,
                                 const Page& page, Time now) {
    Listed<ShownSubmission> listed;
    std::size_t texts = 0;
    std::size_t others = 0;
    const auto entries = entries_of(reader, assignment, onlooker, page);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (i == page.limit || texts > kShownTextBytes || others > kShownOtherBytes) {
            listed.next = entries[i - 1].key;
            break;
        }
        auto facts = submission_of(reader, assignment, entries[i].student);
        // Whoever it is not assigned to has no submission, unless they handed in when it was.
        if (facts.version == 0 && !assignment.assigned_to(facts.person_id)) continue;
        if (!member.reads_work_of(facts.person_id)) continue;
        listed.items.push_back(shown(reader, std::move(facts), assignment, onlooker, now));
        texts += text_bytes(listed.items.back());
        others += other_bytes(listed.items.back());
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
    listed.looked_at = listed.items.size();
    return listed;
}

}  // namespace

task<Answer<Profile>> Coursework::profile(domain::Actor actor) {
    co_return co_await store::read(&store_, [&](Reader& reader) -> Answer<Profile> {
        if (!actor.person_id) return missing("person_id");
        const auto target = target_of(reader, actor, {.person_id = actor.person_id});
        if (!target ||
            !domain::may(standing_of(reader, actor, {}), domain::Permission::profile_read, *target))
            return std::unexpected(
                domain::Refusal{domain::Reason::not_permitted, "", "That was denied to you."});
        auto person = reader.person(*actor.person_id);
        if (!person) return missing("person_id");
        return Profile{std::move(*person), reader.affiliation(*actor.person_id)};
    });
}

task<Answer<Listed<domain::Class>>> Coursework::classes(domain::Actor actor, store::Page page) {
    page.limit = std::min(page.limit, kLongestPage);
    const store::Page more{page.after, page.limit + 1};
    using List = Listed<domain::Class>;
    co_return co_await store::read(&store_, [&](Reader& reader) -> Answer<List> {
        if (!actor.person_id &&
            !domain::may(standing_of(reader, actor, {}), domain::Permission::class_read,
                         {.account_id = actor.account_id}))
            return std::unexpected(
                domain::Refusal{domain::Reason::not_permitted, "", "That was not granted."});
        auto list = cut(actor.person_id ? reader.classes_of(*actor.person_id, more)
                                        : reader.administration().classes(actor.account_id, more),
                        page.limit);
        ReadableClasses(reader, actor).filter(list.items, std::mem_fn(&domain::Class::id));
        return list;
    });
}

task<Answer<Coursework::Whose>> Coursework::whose(domain::Actor actor, Uuid class_id,
                                                  Uuid assignment_id, Uuid id,
                                                  domain::Permission permission) {
    const auto now = clock_.now();
    co_return co_await store::read(&store_, [&](Reader& reader) -> Answer<Whose> {
        const auto place = find_place(reader, actor, class_id, assignment_id, now);
        if (!place) return std::unexpected(place.error());
        const auto onlooker = onlooker_of(place->member, place->assignment, id, pseudonyms_);
        const auto submission = named_by(onlooker, id);
        std::optional<Uuid> person;
        bool by_person = false;
        if (const auto row = reader.submission(submission);
            row && row->assignment_id == assignment_id)
            person = row->person_id;
        else if (by_person = reader.membership(class_id, id).has_value(); by_person)
            person = id;
        else if (const auto student = find_student(reader, place->assignment, submission))
            person = student->person_id;
        if (!person) return missing("submission_id");
        // Where work is marked without names, a student's name leads to none of it.
        if (by_person && onlooker.pseudonyms != nullptr &&
            permission == domain::Permission::feedback_manage)
            return missing("submission_id");
        auto target = place->member.target;
        target.person_id = person;
        if (!domain::may(place->member.standing, permission, target))
            return std::unexpected(
                domain::Refusal{domain::Reason::not_permitted, "", "That was not granted."});
        return Whose{.person_id = *person,
                     .name = name_for(onlooker, domain::submission_id(assignment_id, *person)),
                     .is_pseudonym = onlooker.pseudonyms != nullptr,
                     .by_person = by_person};
    });
}

task<Answer<domain::Class>> Coursework::klass(domain::Actor actor, Uuid class_id) {
    co_return co_await store::read(&store_, [&](Reader& reader) -> Answer<domain::Class> {
        if (auto member = enter(reader, actor, class_id); !member)
            return std::unexpected(member.error());
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
        const auto member = enter(reader, actor, class_id);
        if (!member) return std::unexpected(member.error());
        auto list = cut(reader.assignments(class_id, {page.after, page.limit + 1}), page.limit);
        std::erase_if(list.items, [&](const domain::Assignment& assignment) {
            return !may_see(*member, actor.person_id, assignment, now);
        });
        for (auto& assignment : list.items)
            hide_others(*member, actor.person_id, assignment);
        return list;
    });
}

task<Answer<domain::Assignment>> Coursework::assignment(domain::Actor actor, Uuid class_id,
                                                        Uuid assignment_id) {
    const auto now = clock_.now();
    co_return co_await store::read(&store_, [&](Reader& reader) -> Answer<domain::Assignment> {
        auto place = find_place(reader, actor, class_id, assignment_id, now);
        if (!place) return std::unexpected(place.error());
        hide_others(place->member, actor.person_id, place->assignment);
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
        const auto& [member, assignment] = *place;
        if (member.reads_all)
            return list_all(reader, member, assignment, grader(actor, assignment, pseudonyms_),
                            page, now);
        List own;
        if (member.reads_own && !page.after)
            own.items.push_back(shown(
                reader, submission_of(reader, assignment, {*actor.person_id, member.membership}),
                assignment, owner(actor), now));
        return own;
    });
    if (answer)
        for (auto& item : answer->items)
            co_await add_stored_texts(&blobs_, &item.attempts);
    co_return answer;
}

task<Answer<ShownSubmission>> Coursework::submission(domain::Actor actor, Uuid class_id,
                                                     Uuid assignment_id, Uuid name) {
    const auto now = clock_.now();
    auto answer = co_await store::read(&store_, [&](Reader& reader) -> Answer<ShownSubmission> {
        const auto place = find_place(reader, actor, class_id, assignment_id, now);
        if (!place) return std::unexpected(place.error());
        const auto& [member, assignment] = *place;
        const auto onlooker = onlooker_of(member, assignment, name, pseudonyms_);
        const auto submission_id = named_by(onlooker, name);
        const bool own = is_own(member, assignment, submission_id);
        // Who reads nobody else's is not looked for: that takes long.
        if (!own && !member.reads_others) return missing("submission_id");
        // Nobody is a marker of their own work, by whatever name they ask for it.
        if (own && submission_id != name && !member.reads_all) return missing("submission_id");
        if (auto row = reader.submission(submission_id)) {
            if (row->assignment_id != assignment_id || !member.reads_work_of(row->person_id))
                return missing("submission_id");
            return shown(reader, std::move(*row), assignment, onlooker, now);
        }
        const auto student = own ? store::ClassMember{*actor.person_id, member.membership}
                                 : find_student(reader, assignment, submission_id);
        if (!student || !assignment.assigned_to(student->person_id) ||
            !member.reads_work_of(student->person_id))
            return missing("submission_id");
        return shown(reader, untouched(assignment, student->person_id, student->membership.since),
                     assignment, onlooker, now);
    });
    if (answer) co_await add_stored_texts(&blobs_, &answer->attempts);
    co_return answer;
}

}  // namespace handin::service
