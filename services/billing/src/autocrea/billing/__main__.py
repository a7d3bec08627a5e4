"""`python -m autocrea.billing`."""

from autocrea.billing.main import main

main()
