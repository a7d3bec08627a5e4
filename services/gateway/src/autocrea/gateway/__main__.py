"""`python -m autocrea.gateway`."""

from autocrea.gateway.main import main

main()
