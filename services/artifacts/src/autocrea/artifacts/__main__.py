"""`python -m autocrea.artifacts`: run the service, or migrate its database."""

from autocrea.artifacts.main import main

main()
