-- Tokens with names, and of API users; grants to anybody; what administrators have done.

ALTER TABLE token ADD COLUMN api_user_id BLOB;
ALTER TABLE token ADD COLUMN name TEXT NOT NULL DEFAULT '';

ALTER TABLE permission_grant RENAME COLUMN api_user_id TO holder_id;
ALTER TABLE permission_grant ADD COLUMN holder INTEGER NOT NULL DEFAULT 0;  -- 0: an API user

CREATE TABLE audit (
    id BLOB PRIMARY KEY,  -- time-ordered
    at INTEGER NOT NULL,
    account_id BLOB NOT NULL,
    actor_id BLOB NOT NULL,
    actor TEXT NOT NULL,
    client_ip TEXT NOT NULL,
    request_id TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    detail TEXT NOT NULL  -- JSON
) STRICT, WITHOUT ROWID;
CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit never changes'); END;
CREATE TRIGGER audit_only_grows BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit only grows'); END;

-- The names by which a school's own records call people and classes. One that is empty is none.
CREATE INDEX person_of_sis ON person (account_id, sis_id) WHERE sis_id <> '';
CREATE INDEX person_of_university ON person (account_id, university_id) WHERE university_id <> '';
CREATE INDEX class_of_sis ON class (account_id, sis_id) WHERE sis_id <> '';
