// Comments: what can be said, who sees it, who changes it.
#include "domain/comment.hpp"

#include <gtest/gtest.h>

#include "support/school.hpp"

namespace handin::test {
namespace {

using domain::Comment;
using domain::CommentProblem;

const auto kAnn = id_of("ann");
const auto kTeacher = id_of("teacher");
const auto kOther = id_of("other teacher");

Comment said(const Uuid& author, bool by_grader, bool draft = false, bool hidden = false) {
    return {.author_id = author,
            .by_grader = by_grader,
            .text = "Good",
            .draft = draft,
            .hidden = hidden};
}

TEST(Comment, WhatCanBeSaid) {
    Comment comment{.text = " "};
    EXPECT_EQ(check_comment(comment, 0), CommentProblem::empty);
    comment.attachments.emplace_back();
    EXPECT_EQ(check_comment(comment, 0), CommentProblem::none);
    comment.text = std::string(domain::kCommentBytes + 1, 'x');
    EXPECT_EQ(check_comment(comment, 0), CommentProblem::too_long);
    comment.text = "About the first";
    comment.attempt = 1;
    EXPECT_EQ(check_comment(comment, 1), CommentProblem::none);
    EXPECT_EQ(check_comment(comment, 0), CommentProblem::no_such_attempt);
    comment.attempt = 0;
    EXPECT_EQ(check_comment(comment, 1), CommentProblem::no_such_attempt);
}

TEST(Comment, OnlyFilesHaveADefaultText) {  // canvas 2.5 body
    EXPECT_EQ(domain::text_of("", true), "Please see attached files.");
    EXPECT_EQ(domain::text_of("Read it", true), "Read it");
    EXPECT_EQ(domain::text_of("", false), "");
}

TEST(Comment, WhoSeesIt) {
    const struct {
        const char* row;
        Comment comment;
        Uuid viewer;
        bool grades;
        std::optional<Time> posted;
        bool seen;
    } cases[] = {
        {"canvas 5.3: students when posted", said(kTeacher, true), kAnn, false, {}, false},
        {"canvas 5.3: students when posted", said(kTeacher, true), kAnn, false, kNow, true},
        {"canvas 5.3: graders always", said(kTeacher, true), kOther, true, {}, true},
        {"hidden, not posted", said(kTeacher, true, false, true), kAnn, false, {}, false},
        {"hidden, posted", said(kTeacher, true, false, true), kAnn, false, kNow, true},
        {"one's own", said(kAnn, false), kAnn, false, {}, true},
        {"a student's, for graders", said(kAnn, false), kTeacher, true, {}, true},
        {"a group member's", said(kOther, false), kAnn, false, {}, true},
        {"draft, for its author", said(kTeacher, true, true), kTeacher, true, {}, true},
        {"draft, for another grader", said(kTeacher, true, true), kOther, true, kNow, false},
        {"draft, for the student", said(kTeacher, true, true), kAnn, false, kNow, false},
    };
    for (const auto& c : cases)
        EXPECT_EQ(sees_comment(c.comment, c.viewer, c.grades, c.posted), c.seen) << c.row;
}

TEST(Comment, WhoChangesIt) {
    const auto published = said(kTeacher, true);
    const auto draft = said(kTeacher, true, true);
    EXPECT_TRUE(may_edit(published, kTeacher));
    EXPECT_FALSE(may_edit(published, kOther));
    EXPECT_FALSE(may_edit(published, kAnn));
    EXPECT_TRUE(may_delete(published, kTeacher, true));
    EXPECT_TRUE(may_delete(published, kOther, true));
    EXPECT_FALSE(may_delete(published, kAnn, false));
    EXPECT_TRUE(may_delete(said(kAnn, false), kAnn, false));
    EXPECT_FALSE(may_delete(draft, kOther, true)) << "nobody else knows of it";
}

TEST(Comment, BesideTheGrade) {  // edlink.md 3.1 grade_comment, tabula.md 3.10 feedback
    EXPECT_EQ(domain::grade_comment({}), nullptr);
    std::vector comments{said(kTeacher, true), said(kOther, true), said(kAnn, false),
                         said(kTeacher, true, true)};
    EXPECT_EQ(domain::grade_comment(comments), &comments[1]);
}

}  // namespace
}  // namespace handin::test
