-- What verification made of an audit: the model's findings merged with the scanners', secrets masked. Beside the body,
-- which stays as it came.
ALTER TABLE step_outputs ADD COLUMN report bytea;
