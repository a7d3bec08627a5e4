"""SQL beside the code that runs it, and the rate card's files."""
