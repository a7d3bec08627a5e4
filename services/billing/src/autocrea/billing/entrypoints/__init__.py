"""Where requests come in: a few lines each, calling a handler."""
