"""Where a request or a message comes in: the HTTP API, its feeds, and the registry of messages."""
