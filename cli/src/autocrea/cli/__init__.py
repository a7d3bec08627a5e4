"""The autocrea command: the whole stack on one machine, and everything an operator asks of it."""
