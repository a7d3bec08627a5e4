"""The rules of a generation, pure: states, decisions, prompts, verification. No clock, no ids, no I/O."""
