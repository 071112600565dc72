-- What assignments of a class are sorted by.
CREATE TABLE category (
    id BLOB PRIMARY KEY,
    class_id BLOB NOT NULL,
    title TEXT NOT NULL,
    weight REAL,
    drop_lowest INTEGER,
    position INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX category_of_class ON category (class_id, id);
