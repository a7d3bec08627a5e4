"""Keeps one part or process running: when it dies it is started again, after a pause that grows while it
keeps dying."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from autocrea.cli.trouble import Trouble

LOOK_SECONDS = 0.25
"""How soon a death is noticed."""

PAUSE_SECONDS_FIRST = 0.5
PAUSE_SECONDS_MAX = 15.0
"""A process that dies of something that heals (a port, a disk) is back soon; one that cannot live does not
eat a core."""

STEADY_SECONDS = 30.0
"""Having lived so long, a death is a new trouble and the pause begins small again."""

Tell = Callable[..., None]
"""Says something to the person: a text's key and its values."""


class Startable(Protocol):
    """A part or a process."""

    @property
    def name(self) -> str: ...
    @property
    def pid(self) -> int | None: ...
    async def start(self) -> object: ...
    async def stop(self) -> None: ...
    def alive(self) -> bool: ...


class Keeper:
    """Watches one startable from its first start on."""

    def __init__(self, kept: Startable, *, tell: Tell, on_change: Callable[[], None]) -> None:
        self.kept = kept
        self.restarts = 0
        self.since = time.time()
        self._tell = tell
        self._on_change = on_change

    async def run(self) -> None:
        """Until cancelled."""
        pause = PAUSE_SECONDS_FIRST
        while True:
            while self.kept.alive():  # noqa: ASYNC110 -- a process, not a task
                await asyncio.sleep(LOOK_SECONDS)
            if time.time() - self.since > STEADY_SECONDS:
                pause = PAUSE_SECONDS_FIRST
            self._tell("process_died", name=self.kept.name, seconds=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, PAUSE_SECONDS_MAX)
            try:
                await self.kept.start()
            except Trouble as trouble:
                self._tell(trouble.key, **trouble.values)
                continue
            self.restarts += 1
            self.since = time.time()
            self._tell("process_restarted", name=self.kept.name)
            self._on_change()
