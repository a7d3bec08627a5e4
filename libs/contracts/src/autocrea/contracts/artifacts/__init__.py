"""Messages owned by artifacts, one module per version."""
