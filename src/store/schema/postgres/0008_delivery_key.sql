-- The key that has signed the bytes: it is published while they may still be sent.
ALTER TABLE delivery ADD COLUMN key_id text NOT NULL DEFAULT '';
