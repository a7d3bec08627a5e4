"""`python -m autocrea.orchestrator`: run the service, or migrate its database."""

from autocrea.orchestrator.main import main

main()
