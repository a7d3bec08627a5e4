"""Where messages, jobs and requests come in: which of them is whose."""
