-- One row, from the first comparison of the books on: how the last one ended, for every replica to tell.
CREATE TABLE comparisons (
    id          smallint PRIMARY KEY DEFAULT 1,
    compared_at timestamptz NOT NULL,
    differences integer NOT NULL,
    CONSTRAINT comparisons_one CHECK (id = 1),
    CONSTRAINT comparisons_differences CHECK (differences >= 0)
);
