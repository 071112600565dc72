-- Grades, comments, dates of a student's own, and what assignments say beside dates and kinds of work
-- (docs/grading.md). What is NULL is as it was before: the path of a submit gets no wider by it.
ALTER TABLE submission ADD COLUMN marking TEXT;  -- JSON, see store/model_codec.hpp
ALTER TABLE assignment ADD COLUMN rules TEXT;  -- the same
ALTER TABLE class ADD COLUMN late_policy TEXT;  -- the same

CREATE TABLE comment (
    id BLOB PRIMARY KEY,  -- time-ordered; the submission's marking names it
    number INTEGER NOT NULL,
    submission_id BLOB NOT NULL,
    author_id BLOB,  -- NULL: no person
    by_grader INTEGER NOT NULL,
    text TEXT NOT NULL,
    attempt INTEGER,
    draft INTEGER NOT NULL,
    hidden INTEGER NOT NULL,
    group_id BLOB,
    created_at INTEGER NOT NULL,
    edited_at INTEGER
) STRICT, WITHOUT ROWID;

-- Students who hand in together: of each set somebody is in one group at most.
CREATE TABLE student_group (
    id BLOB PRIMARY KEY,
    set_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    name TEXT NOT NULL,
    members BLOB NOT NULL  -- person ids, sorted
) STRICT, WITHOUT ROWID;

CREATE TABLE group_member (
    set_id BLOB NOT NULL,
    person_id BLOB NOT NULL,
    group_id BLOB NOT NULL,
    PRIMARY KEY (set_id, person_id)
) STRICT, WITHOUT ROWID;
