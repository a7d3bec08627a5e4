"""Messages owned by gateway, one module per version."""
