-- Assignments that are made, changed and taken away through the APIs.
ALTER TABLE assignment ADD COLUMN account_id BLOB;  -- that of its class, so that numbers are found
ALTER TABLE assignment ADD COLUMN deleted_at INTEGER;
ALTER TABLE assignment ADD COLUMN details TEXT;  -- JSON, see store/model_codec.hpp
UPDATE assignment SET account_id = (SELECT account_id FROM class WHERE class.id = class_id);
CREATE UNIQUE INDEX assignment_number ON assignment (account_id, number);
