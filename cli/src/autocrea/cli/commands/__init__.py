"""The commands, one file a group; each reads its arguments, calls what does the work and shows the
outcome."""
