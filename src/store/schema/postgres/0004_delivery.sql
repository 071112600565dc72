-- Events go out: store/deliveries.hpp.
CREATE TABLE subscription (
    id uuid PRIMARY KEY,  -- time-ordered
    name text NOT NULL,
    events text NOT NULL,  -- names, with spaces between; empty: all
    form text NOT NULL,
    transport text NOT NULL,
    target text NOT NULL,
    sign boolean NOT NULL,
    quoted boolean NOT NULL,
    secret text NOT NULL,
    state bigint NOT NULL,
    reason text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    version bigint NOT NULL,
    cursor bigint NOT NULL,  -- into the sequence of events
    replay_after bigint NOT NULL,
    replay_until bigint NOT NULL
);

-- Taken from the outbox and not delivered yet. Few, and short-lived, unless a receiver is down.
CREATE TABLE delivery (
    subscription_id uuid NOT NULL,
    sequence bigint NOT NULL,
    event_id uuid NOT NULL,
    event_name text NOT NULL,
    submission_id uuid NOT NULL,
    body bytea NOT NULL,  -- as sent, signature included
    attempts bigint NOT NULL,
    due_at bigint NOT NULL,
    dead_at bigint,
    timed_out boolean NOT NULL,
    status bigint NOT NULL,
    answer text NOT NULL,
    PRIMARY KEY (subscription_id, sequence)
);
CREATE INDEX delivery_dead ON delivery (subscription_id, dead_at) WHERE dead_at IS NOT NULL;

CREATE TABLE event_key (
    id text PRIMARY KEY,
    pem text NOT NULL,
    created_at bigint NOT NULL
);
