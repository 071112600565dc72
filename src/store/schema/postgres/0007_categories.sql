-- What assignments of a class are sorted by.
CREATE TABLE category (
    id uuid PRIMARY KEY,
    class_id uuid NOT NULL,
    title text NOT NULL,
    weight double precision,
    drop_lowest bigint,
    position bigint,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);
CREATE INDEX category_of_class ON category (class_id, id);
