"""The crash switch: ends a process, as `kill -9` does, at one named point. Set by environment, inert without it.

`AUTOCREA_CRASH_AT` names the point as `<service>.<point>` or `<service>.<point>:<n>` for the n-th time it is reached.
`AUTOCREA_CRASH_ONCE` names a file that is made at the crash; while it exists nothing crashes, so the next start lives.
"""

import os
import signal
from pathlib import Path

_reached: dict[str, int] = {}


def crash_point(service: str, point: str) -> None:
    """Called by the chassis at every checkpoint (entry point `autocrea.checkpoint`)."""
    wanted = os.environ.get("AUTOCREA_CRASH_AT")
    if not wanted:
        return
    name, _, nth = wanted.partition(":")
    if name != f"{service}.{point}":
        return
    _reached[name] = _reached.get(name, 0) + 1
    if _reached[name] < int(nth or "1"):
        return
    once = os.environ.get("AUTOCREA_CRASH_ONCE")
    if once:
        if Path(once).exists():
            return
        Path(once).touch()
    os.kill(os.getpid(), signal.SIGKILL)
