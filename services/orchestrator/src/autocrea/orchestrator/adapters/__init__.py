"""What the orchestrator's ports are made of: SQL, pipeline folders, parsers in processes of their own."""
