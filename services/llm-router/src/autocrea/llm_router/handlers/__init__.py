"""One use case a file: which rows it concerns and what it decides; and the work of an attempt."""
