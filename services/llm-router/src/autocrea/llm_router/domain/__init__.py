"""Rules of model calls: pure; time, randomness and ids are arguments."""
