#include "app/demo/assignments.hpp"

namespace handin::app {
namespace {

using domain::Assignment;
using domain::AttachmentKind;
using domain::AttachmentKinds;
using std::chrono::days;

Assignment assignment(const Uuid& class_id, std::int64_t number, std::string title, Time now) {
    return {.id = uuid_v5(class_id, "assignment/" + std::to_string(number)),
            .class_id = class_id,
            .number = number,
            .title = std::move(title),
            .description = "<p>Hand in what you have made.</p>",
            .display_at = std::nullopt,
            .open_at = std::nullopt,
            .due_at = now + days(14),
            .close_at = std::nullopt,
            .points_possible = 10,
            .kinds = AttachmentKinds::of(
                {AttachmentKind::file, AttachmentKind::link, AttachmentKind::text}),
            .max_attempts = std::nullopt,
            .assignees = {},
            .created_at = now - days(30),
            .updated_at = now - days(30)};
}

}  // namespace

Assignment main_assignment(const Uuid& class_id, std::int64_t number, Time now) {
    return assignment(class_id, number, "Essay", now);
}

std::vector<std::pair<std::string, Assignment>> policy_assignments(const Uuid& class_id,
                                                                   std::int64_t first_number,
                                                                   const Uuid& chosen, Time now) {
    std::vector<std::pair<std::string, Assignment>> list;
    const auto add = [&](std::string name, std::string title) -> Assignment& {
        const auto number = first_number + static_cast<std::int64_t>(list.size());
        return list.emplace_back(std::move(name), assignment(class_id, number, title, now)).second;
    };
    auto& closed = add("closed", "Closed last week");
    closed.due_at = now - days(8);
    closed.close_at = now - days(7);
    add("not_open", "Opens next week").open_at = now + days(7);
    add("late", "Due yesterday, still taken").due_at = now - days(1);
    add("locked", "Locked by the teacher").locked = true;
    add("one_attempt", "One attempt only").max_attempts = 1;
    add("once", "Handed in once, for good").resubmission = domain::Resubmission::none;
    add("link_only", "A link to your repository").kinds =
        AttachmentKinds::of({AttachmentKind::link});
    add("draft", "Not published yet").published = false;
    add("nothing", "Nothing to hand in").kinds = {};
    add("manual", "Grades are posted by hand").rules.posting = domain::PostPolicy::manual;
    auto& words = add("words", "From 100 to 5000 words");
    words.rules.word_count = {.minimum = 100, .maximum = 5000};
    auto& files = add("files", "Two files, pdf, doc or txt, 1 MiB each");
    files.rules.files = {.most = 2, .types = {"pdf", "doc", "docx", "txt"}, .bytes = 1024 * 1024};
    add("one_file", "One file").rules.files = {.most = 1};
    auto& punctual = add("punctual", "Due yesterday, and no late work");
    punctual.due_at = now - days(1);
    punctual.rules.late_allowed = false;
    auto& punctual_once = add("punctual_once", "The same, and handed in once");
    punctual_once.due_at = now - days(1);
    punctual_once.rules.late_allowed = false;
    punctual_once.resubmission = domain::Resubmission::none;
    auto& individuals = add("individuals", "For one student");
    individuals.everybody = false;
    individuals.assignees = {chosen};
    return list;
}

}  // namespace handin::app
