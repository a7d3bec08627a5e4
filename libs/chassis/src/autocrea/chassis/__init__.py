"""How a service runs: one message, one transaction, in batches. Knows no message by name."""
