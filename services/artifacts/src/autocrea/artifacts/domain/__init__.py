"""Rules about generated files and their archives: pure, with time and identities as arguments."""
