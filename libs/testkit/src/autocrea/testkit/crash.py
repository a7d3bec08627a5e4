"""The crash switch: ends a process, as `kill -9` does, at one named point. Set by environment, inert without it.

`AUTOCREA_CRASH_AT` names the point as `<service>.<point>`. `<service>.<point>/<type>` means only when it is reached for
a message of this type or a job of this kind; `:<n>` behind it, the n-th time.
`AUTOCREA_CRASH_ONCE` names a file that is made at the crash; while it exists nothing crashes, so the next start lives.
"""

import os
import signal
from pathlib import Path

_reached: dict[str, int] = {}


def crash_point(service: str, point: str, about: tuple[str, ...]) -> None:
    """Called by the chassis at every checkpoint (entry point `autocrea.checkpoint`)."""
    wanted = os.environ.get("AUTOCREA_CRASH_AT")
    if not wanted:
        return
    place, _, nth = wanted.partition(":")
    name, _, type_ = place.partition("/")
    if name != f"{service}.{point}" or (type_ and type_ not in about):
        return
    _reached[place] = _reached.get(place, 0) + 1
    if _reached[place] < int(nth or "1"):
        return
    once = os.environ.get("AUTOCREA_CRASH_ONCE")
    if once:
        if Path(once).exists():
            return
        Path(once).touch()
    os.kill(os.getpid(), signal.SIGKILL)
