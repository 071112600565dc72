-- Grades, comments, dates of a student's own, and what assignments say beside dates and kinds of work
-- (docs/grading.md). What is NULL is as it was before: the path of a submit gets no wider by it.
ALTER TABLE submission ADD COLUMN marking text;  -- JSON, see store/model_codec.hpp
ALTER TABLE assignment ADD COLUMN rules text;  -- the same
ALTER TABLE class ADD COLUMN late_policy text;  -- the same

CREATE TABLE comment (
    id uuid PRIMARY KEY,  -- time-ordered; the submission's marking names it
    number bigint NOT NULL,
    submission_id uuid NOT NULL,
    author_id uuid,  -- NULL: no person
    by_grader boolean NOT NULL,
    text text NOT NULL,
    attempt bigint,
    draft boolean NOT NULL,
    hidden boolean NOT NULL,
    group_id uuid,
    created_at bigint NOT NULL,
    edited_at bigint
);

-- Students who hand in together: of each set somebody is in one group at most.
CREATE TABLE student_group (
    id uuid PRIMARY KEY,
    set_id uuid NOT NULL,
    number bigint NOT NULL,
    name text NOT NULL,
    members bytea NOT NULL  -- person ids, sorted
);

CREATE TABLE group_member (
    set_id uuid NOT NULL,
    person_id uuid NOT NULL,
    group_id uuid NOT NULL,
    PRIMARY KEY (set_id, person_id)
);
