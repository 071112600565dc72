-- Enrollments are listed, and asked for, by their ids.
CREATE INDEX enrollment_by_id ON enrollment (id);
