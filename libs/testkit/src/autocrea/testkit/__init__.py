"""What the tests stand on: a real broker and database per run, a TCP proxy, a crash switch, the invariant checker."""
