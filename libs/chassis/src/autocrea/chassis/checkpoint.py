"""Named points where a test may end the process. Product code has no test mode: without a provider they do nothing."""

from collections.abc import Callable
from importlib.metadata import entry_points

_ENTRY_POINT_GROUP = "autocrea.checkpoint"

_hook: Callable[[str, str, tuple[str, ...]], None] | None = None
_service = ""


def install(service: str) -> None:
    """Look up the provider of crash points, if a distribution that offers one is installed (the testkit does)."""
    global _hook, _service  # noqa: PLW0603  one process is one service
    _service = service
    for entry_point in entry_points(group=_ENTRY_POINT_GROUP):
        _hook = entry_point.load()


def checkpoint(name: str, *about: str) -> None:
    """Mark a moment between two steps that a crash may separate, such as `after_commit`.

    `about` names what the steps are taken for: types of messages, kinds of jobs.
    """
    if _hook is not None:
        _hook(_service, name, about)
