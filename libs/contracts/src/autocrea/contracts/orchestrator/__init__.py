"""Messages owned by orchestrator, one module per version."""
