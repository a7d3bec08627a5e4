"""What the orchestrator does with each message and job: one use case a file."""
