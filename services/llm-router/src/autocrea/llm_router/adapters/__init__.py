"""PostgreSQL, the providers' wires, and the broker's progress exchange."""
