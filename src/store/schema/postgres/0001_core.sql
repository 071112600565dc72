-- The rows of the other engines' schema (../000*.sql), and what several writers on several nodes
-- need besides (docs/decisions/0011-postgresql.md). Times are microseconds since 1970 UTC. Texts are
-- as store/postgres/text.hpp keeps them. No secondary index belongs on the insert path of a submit.

CREATE TABLE account (
    id uuid PRIMARY KEY,
    number bigint NOT NULL,
    shard bigint NOT NULL UNIQUE,
    name text NOT NULL,
    public_token text NOT NULL,
    lti_guid text NOT NULL,
    reclaim_first bigint NOT NULL  -- one bit an origin
);

CREATE TABLE department (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    UNIQUE (account_id, code)
);

CREATE TABLE person (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL,
    number bigint NOT NULL CHECK (number BETWEEN 1 AND 999999),
    first_name text NOT NULL,
    last_name text NOT NULL,
    email text NOT NULL,
    login text NOT NULL,
    sis_id text NOT NULL,
    university_id text NOT NULL,
    lti_user_id text NOT NULL,
    time_zone text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    UNIQUE (account_id, number),
    UNIQUE (account_id, login)
);

CREATE TABLE class (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL,
    department_id uuid NOT NULL,
    number bigint NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    sis_id text NOT NULL,
    module_code text NOT NULL,
    time_zone text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    UNIQUE (account_id, number)
);

CREATE TABLE enrollment (
    class_id uuid NOT NULL,
    person_id uuid NOT NULL,
    role bigint NOT NULL,
    id uuid NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (class_id, person_id, role)
);
CREATE INDEX enrollment_of_person ON enrollment (person_id, class_id);

CREATE TABLE assignment (
    id uuid PRIMARY KEY,
    class_id uuid NOT NULL,
    number bigint NOT NULL CHECK (number BETWEEN 1 AND 9999999),
    title text NOT NULL,
    description text NOT NULL,
    published boolean NOT NULL,
    locked boolean NOT NULL,
    display_at bigint,
    open_at bigint,
    due_at bigint,
    close_at bigint,
    points_possible double precision,
    kinds bigint NOT NULL,  -- one bit an attachment kind
    max_attempts bigint,
    resubmission bigint NOT NULL,
    everybody boolean NOT NULL,
    assignees bytea NOT NULL,  -- person ids, sorted
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);
CREATE INDEX assignment_of_class ON assignment (class_id, id);

CREATE TABLE integration (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL,
    number bigint NOT NULL,
    name text NOT NULL,
    client_id text NOT NULL UNIQUE,
    client_secret_hash bytea NOT NULL,
    state bigint NOT NULL,
    created_at bigint NOT NULL,
    UNIQUE (account_id, number)
);

CREATE TABLE token (
    hash bytea PRIMARY KEY,  -- SHA-256 of the token
    account_id uuid NOT NULL,
    kind bigint NOT NULL,
    person_id uuid,
    integration_id uuid,
    refresh_hash bytea,
    created_at bigint NOT NULL,
    expires_at bigint
);
CREATE INDEX token_of_refresh ON token (refresh_hash, expires_at) WHERE refresh_hash IS NOT NULL;

CREATE TABLE api_user (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL,
    username text NOT NULL,
    password_hash text NOT NULL,
    created_at bigint NOT NULL,
    UNIQUE (account_id, username)
);

CREATE TABLE permission_grant (
    id uuid PRIMARY KEY,
    api_user_id uuid NOT NULL,
    permission text NOT NULL,
    allow boolean NOT NULL,
    scope bigint NOT NULL,
    scope_id uuid NOT NULL,
    UNIQUE (api_user_id, permission, scope, scope_id)
);

CREATE TABLE setting (
    name text PRIMARY KEY,
    value text NOT NULL
);

-- Raised by every commit that touches the tables above, but for token and setting: a decision was
-- made on the roster of a generation and is only written while it still has that.
CREATE TABLE roster (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    generation bigint NOT NULL
);
INSERT INTO roster (generation) VALUES (1);

CREATE TABLE submission (
    id uuid PRIMARY KEY,  -- derived from (assignment, person): also what makes the pair unique
    assignment_id uuid NOT NULL,
    person_id uuid NOT NULL,
    attempts bytea NOT NULL,  -- attempt ids, oldest first
    reclaimed boolean NOT NULL,
    submitted_at bigint,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    version bigint NOT NULL,
    replays bytea NOT NULL,  -- packed, see store/packed.hpp
    stamp bigint NOT NULL    -- of the batch that wrote it last
);

CREATE TABLE attempt (
    id uuid PRIMARY KEY,  -- time-ordered
    submission_id uuid NOT NULL,
    number bigint NOT NULL,
    actor_id uuid,
    received_at bigint NOT NULL,
    submitted_at bigint NOT NULL,
    committed_at bigint NOT NULL,
    attachments bytea NOT NULL,  -- their ids, in order
    receipt_batch uuid,          -- all three NULL: committed without a receipt
    receipt_index bigint,
    receipt_salt bytea
);

CREATE TABLE attachment (
    id uuid PRIMARY KEY,  -- time-ordered
    attempt_id uuid NOT NULL,
    kind bigint NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    url text NOT NULL,
    storage_id uuid,
    size bigint,
    sha256 bytea,
    sha1 bytea,
    in_row boolean
);

-- Bytes of files that are too small for a file of their own. Up to nearly a page they stay in the
-- row, for a second table and its index would cost more than the room; and are not compressed.
CREATE TABLE row_bytes (
    storage_id uuid PRIMARY KEY,  -- time-ordered
    bytes bytea NOT NULL
) WITH (toast_tuple_target = 8160);
ALTER TABLE row_bytes ALTER COLUMN bytes SET STORAGE EXTERNAL;

CREATE TABLE receipt_batch (
    id uuid PRIMARY KEY,
    committed_at bigint NOT NULL,
    key bytea NOT NULL,  -- public, Ed25519
    root bytea NOT NULL,
    signature bytea NOT NULL,
    leaves bytea NOT NULL  -- hashes of 32 bytes, by index
);

CREATE TABLE upload (
    id uuid PRIMARY KEY,  -- time-ordered; also names the bytes
    account_id uuid NOT NULL,
    person_id uuid NOT NULL,
    kind bigint NOT NULL,
    state bigint NOT NULL,
    length bigint,  -- NULL: not told yet
    received bigint NOT NULL,
    filename text NOT NULL,
    media_type text NOT NULL,
    metadata text NOT NULL,
    parts bytea NOT NULL,
    storage_id uuid,  -- from here to in_row: NULL until it is complete
    sha256 bytea,
    sha1 bytea,
    in_row boolean,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    version bigint NOT NULL
);
CREATE INDEX upload_expiry ON upload (expires_at);

CREATE TABLE upload_usage (
    owner_id uuid PRIMARY KEY,
    bytes bigint NOT NULL,
    uploads bigint NOT NULL
);

-- A row for each commit: whether it took effect can be asked when its connection was lost, and its
-- events get their places in the sequence together.
CREATE TABLE batch (
    id uuid PRIMARY KEY,  -- time-ordered
    stamp bigint NOT NULL,  -- greater than that of any batch whose rows this one was decided on
    events bigint NOT NULL,  -- how many; they have positions 0, 1, ...
    first_sequence bigint,  -- NULL: not appended yet
    void boolean NOT NULL  -- written by who asked and found nothing: it cannot take effect any more
);
CREATE INDEX batch_of_sequence ON batch (first_sequence) WHERE first_sequence IS NOT NULL;
CREATE INDEX batch_to_append ON batch (stamp, id) WHERE first_sequence IS NULL AND events > 0;

CREATE TABLE outbox (
    batch_id uuid NOT NULL,
    position bigint NOT NULL,
    submission_id uuid NOT NULL,
    event text NOT NULL,  -- versioned encoding, see store/event_codec.hpp
    PRIMARY KEY (batch_id, position)
);

-- The end of the sequence. Whoever appends holds this row.
CREATE TABLE sequence_end (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    next bigint NOT NULL
);
INSERT INTO sequence_end (next) VALUES (1);

-- Work that one process at a time does. A new holder has a new epoch.
CREATE TABLE lease (
    name text PRIMARY KEY,
    epoch bigint NOT NULL,
    holder uuid NOT NULL,
    expires_at timestamptz NOT NULL  -- by the database's clock
);
