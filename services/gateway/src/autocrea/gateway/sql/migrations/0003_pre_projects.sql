-- Projects are searched by name and deleted. Of a deleted one only the ids of its generations are kept: what is still on
-- its way for them must not be stored again.

ALTER TABLE projects ADD COLUMN search_name text NOT NULL DEFAULT '';
UPDATE projects SET search_name = translate(lower(name), 'áéíóúüñ', 'aeiouun');

CREATE TABLE erased_generations (
    generation_id uuid PRIMARY KEY,
    erased_at     timestamptz NOT NULL DEFAULT now()
);
