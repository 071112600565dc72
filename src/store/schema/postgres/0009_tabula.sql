-- What Tabula's API needs beside what was there.

ALTER TABLE person ADD COLUMN disability bigint NOT NULL DEFAULT 0;

-- Who has handed in for an assignment without being a student of its class. Rows are few.
CREATE TABLE participant (
    assignment_id uuid NOT NULL,
    person_id uuid NOT NULL,
    PRIMARY KEY (assignment_id, person_id)
);
