"""Applications that manage records: the data is chosen by the request's words, the code follows from the data."""
