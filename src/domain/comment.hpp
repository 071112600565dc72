// What people say about a submission.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "base/uuid.hpp"
#include "domain/coursework.hpp"

namespace handin::domain {

struct Comment {
    Uuid id = {};  // time-ordered
    std::int64_t number = 0;
    Uuid submission_id = {};
    std::optional<Uuid> author_id = {};  // none: a process
    bool by_grader = false;              // the author grades in this class
    std::string text = {};               // plain
    std::optional<std::uint32_t> attempt = {};
    bool draft = false;                 // only its author sees it
    bool hidden = false;                // until the grade is posted
    std::optional<Uuid> group_id = {};  // the same for what was said to a whole group at once
    std::vector<Attachment> attachments = {};
    Time created_at = {};
    std::optional<Time> edited_at = {};
};

// canvas-live-events.md 2.5: what a comment says that is only files.
inline constexpr std::string_view kSeeAttachedFiles = "Please see attached files.";
// Of one submission: its row names them, and the last three digits of their numbers count them.
inline constexpr std::size_t kMostComments = 999;
inline constexpr std::size_t kCommentBytes = 64 * 1024;  // as much as anybody reads

enum class CommentProblem : std::uint8_t { none, empty, too_long, no_such_attempt };

// The integer that Canvas needs: no row holds it. `nth`: of its submission, from 1.
std::int64_t comment_number(std::int64_t submission_number, std::size_t nth);

// `attempts`: how many the submission has.
CommentProblem check_comment(const Comment& comment, std::uint32_t attempts);

// The text to keep: that of a comment without words says that there are files.
std::string text_of(std::string_view given, bool has_attachments);

// Who sees a comment. Drafts: the author. Hidden ones, and all of graders before the grade is
// posted: graders and the author (canvas-live-events.md 5.3).
bool sees_comment(const Comment& comment, const Uuid& viewer, bool grades,
                  std::optional<Time> posted_at);

// By which the same words are known again.
TextHash hash_of_text(std::string_view text);

// Only its author changes a comment; it can be deleted by whoever grades, too.
bool may_edit(const Comment& comment, const Uuid& actor);
bool may_delete(const Comment& comment, const Uuid& actor, bool grades);

// Edlink and Tabula know one comment beside a grade (edlink.md 3.1 grade_comment, tabula.md 3.10
// feedback): the last thing a grader said that is no draft.
const Comment* grade_comment(std::span<const Comment> oldest_first);

}  // namespace handin::domain
