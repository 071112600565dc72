-- Tokens with names, and of API users; grants to anybody; what administrators have done.

ALTER TABLE token ADD COLUMN api_user_id uuid;
ALTER TABLE token ADD COLUMN name text NOT NULL DEFAULT '';

ALTER TABLE permission_grant RENAME COLUMN api_user_id TO holder_id;
ALTER TABLE permission_grant ADD COLUMN holder bigint NOT NULL DEFAULT 0;  -- 0: an API user

CREATE TABLE audit (
    id uuid PRIMARY KEY,  -- time-ordered
    at bigint NOT NULL,
    account_id uuid NOT NULL,
    actor_id uuid NOT NULL,
    actor text NOT NULL,
    client_ip text NOT NULL,
    request_id text NOT NULL,
    action text NOT NULL,
    target text NOT NULL,
    detail text NOT NULL  -- JSON
);
CREATE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the audit only grows'; END $$;
CREATE TRIGGER audit_only_grows BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION audit_only_grows();

-- The names by which a school's own records call people and classes. One that is empty is none.
CREATE INDEX person_of_sis ON person (account_id, sis_id) WHERE sis_id <> '';
CREATE INDEX person_of_university ON person (account_id, university_id) WHERE university_id <> '';
CREATE INDEX class_of_sis ON class (account_id, sis_id) WHERE sis_id <> '';
