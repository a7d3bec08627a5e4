"""The rules of tokens: pure. Time and ids are arguments; nothing here waits, logs or knows a database."""
