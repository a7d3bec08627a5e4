"""Rules of the edge, pure: projections of feeds, balances and catalogues; quotes; who a caller is."""
