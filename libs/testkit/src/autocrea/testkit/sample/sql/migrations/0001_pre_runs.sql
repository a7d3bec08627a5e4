CREATE TABLE runs (
    generation_id uuid NOT NULL,
    run           integer NOT NULL,
    reserved      integer NOT NULL DEFAULT 0,
    worked        integer NOT NULL DEFAULT 0,
    reminded      integer NOT NULL DEFAULT 0,
    failed        integer NOT NULL DEFAULT 0,
    PRIMARY KEY (generation_id, run)
);
