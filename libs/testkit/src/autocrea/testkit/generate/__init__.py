"""Everything that is generated and committed: `schema.sql` of each database and `docs/reference`."""
