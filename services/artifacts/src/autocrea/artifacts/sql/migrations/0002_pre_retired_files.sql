-- Some time after an archive was made, the files in it leave the database: from then on the archive serves them.

ALTER TABLE archives
    ADD COLUMN changed_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN files_retired_at timestamptz;

CREATE INDEX archives_to_retire ON archives (changed_at, generation_id, run)
    WHERE state = 'ready' AND files_retired_at IS NULL;

ALTER TABLE files
    ALTER COLUMN content DROP NOT NULL,
    ADD COLUMN archived_run integer,
    ADD CONSTRAINT files_archive FOREIGN KEY (generation_id, archived_run) REFERENCES archives,
    ADD CONSTRAINT files_content CHECK ((content IS NULL) = (archived_run IS NOT NULL));
