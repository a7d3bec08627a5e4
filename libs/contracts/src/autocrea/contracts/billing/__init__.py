"""Messages owned by billing, one module per version."""
