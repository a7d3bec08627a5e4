"""Messages owned by llm-router, one module per version."""
