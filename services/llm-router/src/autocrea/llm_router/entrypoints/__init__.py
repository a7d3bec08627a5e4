"""Which message and which job goes to which handler."""
