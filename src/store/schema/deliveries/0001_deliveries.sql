-- A database of its own beside that of the school: store/deliveries.hpp says why.
CREATE TABLE subscription (
    id BLOB PRIMARY KEY,  -- time-ordered
    name TEXT NOT NULL,
    events TEXT NOT NULL,  -- names, with spaces between; empty: all
    form TEXT NOT NULL,
    transport TEXT NOT NULL,
    target TEXT NOT NULL,
    sign INTEGER NOT NULL,
    quoted INTEGER NOT NULL,
    secret TEXT NOT NULL,
    state INTEGER NOT NULL,
    reason TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    cursor INTEGER NOT NULL,  -- into outbox.sequence
    replay_after INTEGER NOT NULL,
    replay_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Taken from the outbox and not delivered yet. Few, and short-lived, unless a receiver is down.
CREATE TABLE delivery (
    subscription_id BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    event_id BLOB NOT NULL,
    event_name TEXT NOT NULL,
    submission_id BLOB NOT NULL,
    body BLOB NOT NULL,  -- as sent, signature included
    attempts INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    dead_at INTEGER,
    timed_out INTEGER NOT NULL,
    status INTEGER NOT NULL,
    answer TEXT NOT NULL,
    PRIMARY KEY (subscription_id, sequence)
) STRICT;
CREATE INDEX delivery_dead ON delivery (subscription_id, dead_at) WHERE dead_at IS NOT NULL;

CREATE TABLE event_key (
    id TEXT PRIMARY KEY,
    pem TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
