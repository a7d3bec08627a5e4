"""Parsers of generated files, in processes that can be killed: nothing of what they read is ever executed."""
