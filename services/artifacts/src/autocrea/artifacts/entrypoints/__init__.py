"""Where messages, jobs and requests come in."""
