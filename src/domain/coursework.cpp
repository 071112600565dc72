#include "domain/coursework.hpp"

#include <algorithm>

namespace handin::domain {

bool Assignment::assigned_to(const Uuid& person) const {
    return everybody || std::ranges::binary_search(assignees, person);
}

Grading grading_of(const Assignment& assignment) {
    return {.type = assignment.rules.grading,
            .points_possible = assignment.points_possible,
            .scheme = assignment.rules.scheme};
}

void ShownWork::add(const Attachment& attachment) {
    switch (attachment.kind) {
        case AttachmentKind::file:
            kind = AttachmentKind::file;
            break;
        case AttachmentKind::text:
            if (kind != AttachmentKind::file) kind = AttachmentKind::text;
            if (text == nullptr) text = &attachment;
            break;
        case AttachmentKind::link:
            if (!kind) kind = AttachmentKind::link;
            if (link == nullptr) link = &attachment;
            break;
    }
}

Uuid submission_id(const Uuid& assignment, const Uuid& person) {
    return uuid_v5(assignment, person.bytes);
}

std::int64_t submission_number(std::int64_t assignment_number, std::int64_t person_number) {
    constexpr std::int64_t people_per_account = 1'000'000;
    return assignment_number * people_per_account + person_number;
}

}  // namespace handin::domain
