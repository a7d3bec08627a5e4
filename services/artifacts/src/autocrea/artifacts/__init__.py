"""Generated files and their archives."""
