-- Ids are 16-byte UUIDs, times microseconds since 1970 UTC. The insert path of a submit touches
-- submission, attempt, attachment, row_bytes and outbox; of these only submission has random keys
-- (docs/decisions/0003-sqlite-group-commit.md). No secondary index belongs on that path.

CREATE TABLE account (
    id BLOB PRIMARY KEY,
    number INTEGER NOT NULL,
    shard INTEGER NOT NULL UNIQUE,
    name TEXT NOT NULL,
    public_token TEXT NOT NULL,
    lti_guid TEXT NOT NULL,
    reclaim_first INTEGER NOT NULL  -- one bit an origin
) STRICT, WITHOUT ROWID;

CREATE TABLE department (
    id BLOB PRIMARY KEY,
    account_id BLOB NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    UNIQUE (account_id, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE person (
    id BLOB PRIMARY KEY,
    account_id BLOB NOT NULL,
    number INTEGER NOT NULL CHECK (number BETWEEN 1 AND 999999),
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    email TEXT NOT NULL,
    login TEXT NOT NULL,
    sis_id TEXT NOT NULL,
    university_id TEXT NOT NULL,
    lti_user_id TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (account_id, number),
    UNIQUE (account_id, login)
) STRICT, WITHOUT ROWID;

CREATE TABLE class (
    id BLOB PRIMARY KEY,
    account_id BLOB NOT NULL,
    department_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    sis_id TEXT NOT NULL,
    module_code TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (account_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE enrollment (
    class_id BLOB NOT NULL,
    person_id BLOB NOT NULL,
    role INTEGER NOT NULL,
    id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (class_id, person_id, role)
) STRICT, WITHOUT ROWID;
CREATE INDEX enrollment_of_person ON enrollment (person_id, class_id);

CREATE TABLE assignment (
    id BLOB PRIMARY KEY,
    class_id BLOB NOT NULL,
    number INTEGER NOT NULL CHECK (number BETWEEN 1 AND 9999999),
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    published INTEGER NOT NULL,
    locked INTEGER NOT NULL,
    display_at INTEGER,
    open_at INTEGER,
    due_at INTEGER,
    close_at INTEGER,
    points_possible REAL,
    kinds INTEGER NOT NULL,  -- one bit an attachment kind
    max_attempts INTEGER,
    resubmission INTEGER NOT NULL,
    everybody INTEGER NOT NULL,
    assignees BLOB NOT NULL,  -- person ids, sorted
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX assignment_of_class ON assignment (class_id, id);

CREATE TABLE integration (
    id BLOB PRIMARY KEY,
    account_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    name TEXT NOT NULL,
    client_id TEXT NOT NULL UNIQUE,
    client_secret_hash BLOB NOT NULL,
    state INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (account_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE token (
    hash BLOB PRIMARY KEY,  -- SHA-256 of the token
    account_id BLOB NOT NULL,
    kind INTEGER NOT NULL,
    person_id BLOB,
    integration_id BLOB,
    refresh_hash BLOB,
    created_at INTEGER NOT NULL,
    expires_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX token_of_refresh ON token (refresh_hash, expires_at) WHERE refresh_hash IS NOT NULL;

CREATE TABLE api_user (
    id BLOB PRIMARY KEY,
    account_id BLOB NOT NULL,
    username TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (account_id, username)
) STRICT, WITHOUT ROWID;

CREATE TABLE permission_grant (
    id BLOB PRIMARY KEY,
    api_user_id BLOB NOT NULL,
    permission TEXT NOT NULL,
    allow INTEGER NOT NULL,
    scope INTEGER NOT NULL,
    scope_id BLOB NOT NULL,
    UNIQUE (api_user_id, permission, scope, scope_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE submission (
    id BLOB PRIMARY KEY,  -- derived from (assignment, person): also what makes the pair unique
    assignment_id BLOB NOT NULL,
    person_id BLOB NOT NULL,
    attempts BLOB NOT NULL,  -- attempt ids, oldest first
    reclaimed INTEGER NOT NULL,
    submitted_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    replays BLOB NOT NULL  -- packed, see store/packed.hpp
) STRICT, WITHOUT ROWID;

CREATE TABLE attempt (
    id BLOB PRIMARY KEY,  -- time-ordered
    submission_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    actor_id BLOB,
    received_at INTEGER NOT NULL,
    submitted_at INTEGER NOT NULL,
    committed_at INTEGER NOT NULL,
    attachments BLOB NOT NULL  -- their ids, in order
) STRICT, WITHOUT ROWID;

CREATE TABLE attachment (
    id BLOB PRIMARY KEY,  -- time-ordered
    attempt_id BLOB NOT NULL,
    kind INTEGER NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    url TEXT NOT NULL,
    storage_id BLOB,
    size INTEGER,
    sha256 BLOB,
    sha1 BLOB,
    in_row INTEGER
) STRICT, WITHOUT ROWID;

-- Bytes of files that are too small for a file of their own.
CREATE TABLE row_bytes (
    storage_id BLOB PRIMARY KEY,  -- time-ordered
    bytes BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
    sequence INTEGER PRIMARY KEY,
    submission_id BLOB NOT NULL,
    event TEXT NOT NULL  -- versioned encoding, see store/event_codec.hpp
) STRICT;

CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
