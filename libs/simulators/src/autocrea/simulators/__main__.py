"""`python -m autocrea.simulators`."""

from autocrea.simulators.main import main

main()
