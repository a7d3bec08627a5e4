"""The gateway's own metric: how long people wait for the first of their application."""

from autocrea.chassis.told import Told
from autocrea.gateway.domain.waiting import FIRST_FILES
from prometheus_client import Histogram

FIRST_FILES_SECONDS = Histogram(
    "autocrea_first_files_seconds",
    "From the acceptance of a generation to its first files, as they are shown: queue, hold and first step.",
    buckets=(1, 2, 5, 10, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1200),
)


def register(told: Told) -> None:
    """Observe what the projection measures."""
    told.measures(FIRST_FILES, FIRST_FILES_SECONDS.observe)
