-- What Tabula's API needs beside what was there.

ALTER TABLE person ADD COLUMN disability INTEGER NOT NULL DEFAULT 0;

-- Who has handed in for an assignment without being a student of its class. Rows are few.
CREATE TABLE participant (
    assignment_id BLOB NOT NULL,
    person_id BLOB NOT NULL,
    PRIMARY KEY (assignment_id, person_id)
) STRICT, WITHOUT ROWID;
