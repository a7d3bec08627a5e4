"""`python -m autocrea.cli`."""

from autocrea.cli.main import app

app()
