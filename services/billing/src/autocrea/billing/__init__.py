"""The token ledger and the rate card."""
