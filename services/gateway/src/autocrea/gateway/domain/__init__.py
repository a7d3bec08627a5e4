"""Rules of the edge as pure functions: projections of feeds, balances and catalogues; quotes; who a caller is. No I/O."""
