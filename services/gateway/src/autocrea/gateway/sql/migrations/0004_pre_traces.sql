-- A person who asks for help names the trace of the run that failed; a projection made anew from its events knows it too.

ALTER TABLE feed_events ADD COLUMN trace_id text;
