-- Files that are sent before they are handed in. Rows are few and short-lived: one that was handed
-- in is kept until it expires, only so that a second try can be told what is wrong.
CREATE TABLE upload (
    id BLOB PRIMARY KEY,  -- time-ordered; also names the bytes
    account_id BLOB NOT NULL,
    person_id BLOB NOT NULL,
    kind INTEGER NOT NULL,
    state INTEGER NOT NULL,
    length INTEGER,  -- NULL: not told yet
    received INTEGER NOT NULL,  -- bytes that are durable
    filename TEXT NOT NULL,
    media_type TEXT NOT NULL,
    metadata TEXT NOT NULL,  -- tus's Upload-Metadata, as sent
    parts BLOB NOT NULL,  -- ids of the uploads that it was joined from
    storage_id BLOB,  -- from here to in_row: NULL until it is complete
    sha256 BLOB,
    sha1 BLOB,
    in_row INTEGER,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX upload_expiry ON upload (expires_at);

-- What the uploads take that are not handed in: a row a person and a row an account.
CREATE TABLE upload_usage (
    owner_id BLOB PRIMARY KEY,
    bytes INTEGER NOT NULL,
    uploads INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
