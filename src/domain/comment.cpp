#include "domain/comment.hpp"

#include <algorithm>
#include <ranges>

#include "base/hash.hpp"
#include "domain/text.hpp"

namespace handin::domain {

std::int64_t comment_number(std::int64_t submission_number, std::size_t nth) {
    constexpr std::int64_t comments_per_submission = kMostComments + 1;
    return submission_number * comments_per_submission + static_cast<std::int64_t>(nth);
}

CommentProblem check_comment(const Comment& comment, std::uint32_t attempts) {
    if (trimmed(comment.text).empty() && comment.attachments.empty()) return CommentProblem::empty;
    if (comment.text.size() > kCommentBytes) return CommentProblem::too_long;
    if (comment.attempt && (*comment.attempt < 1 || *comment.attempt > attempts))
        return CommentProblem::no_such_attempt;
    return CommentProblem::none;
}

std::string text_of(std::string_view given, bool has_attachments) {
    const bool wordless = trimmed(given).empty() && has_attachments;
    return std::string(wordless ? kSeeAttachedFiles : given);
}

bool sees_comment(const Comment& comment, const Uuid& viewer, bool grades,
                  std::optional<Time> posted_at) {
    if (comment.author_id == viewer) return true;
    if (comment.draft) return false;
    if (grades || posted_at) return true;
    return !comment.by_grader && !comment.hidden;
}

TextHash hash_of_text(std::string_view text) {
    const auto digest = sha256(text);
    TextHash hash{};
    std::copy_n(digest.begin(), hash.size(), hash.begin());
    return hash;
}

bool may_edit(const Comment& comment, const Uuid& actor) {
    return comment.author_id == actor;
}

bool may_delete(const Comment& comment, const Uuid& actor, bool grades) {
    return comment.author_id == actor || (grades && !comment.draft);
}

const Comment* grade_comment(std::span<const Comment> oldest_first) {
    for (const auto& comment : std::views::reverse(oldest_first))
        if (comment.by_grader && !comment.draft) return &comment;
    return nullptr;
}

}  // namespace handin::domain
