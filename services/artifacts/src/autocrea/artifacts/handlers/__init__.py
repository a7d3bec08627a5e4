"""One use case a file: which generation it concerns, what is decided, and the long work of jobs."""
