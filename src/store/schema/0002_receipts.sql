-- docs/receipts.md. Both keys below are time-ordered, like all on the insert path of a submit.

CREATE TABLE receipt_batch (
    id BLOB PRIMARY KEY,
    committed_at INTEGER NOT NULL,
    key BLOB NOT NULL,        -- public, Ed25519
    root BLOB NOT NULL,
    signature BLOB NOT NULL,
    leaves BLOB NOT NULL      -- hashes of 32 bytes, by index
) STRICT, WITHOUT ROWID;

-- All NULL: committed without a receipt.
ALTER TABLE attempt ADD COLUMN receipt_batch BLOB;
ALTER TABLE attempt ADD COLUMN receipt_index INTEGER;
ALTER TABLE attempt ADD COLUMN receipt_salt BLOB;
