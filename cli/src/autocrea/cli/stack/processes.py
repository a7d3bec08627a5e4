"""One Python process of a stack, with the same start, stop and alive as a part."""

import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from autocrea.cli.parts.processes import Child, Registry, tail

STOP_SECONDS = 15.0
"""A service that is told to stop finishes its batch and gives its leases back; what it cannot finish another
start does."""


class PythonProcess:
    """`python -m module`, its environment asked for at every start."""

    def __init__(
        self,
        name: str,
        module: str,
        *,
        registry: Registry,
        log: Path,
        cwd: Path,
        environment: Callable[[], Mapping[str, str]],
    ) -> None:
        self.name = name
        self.started_at = 0.0
        self._argv = [sys.executable, "-m", module]
        self._registry = registry
        self.log = log
        self._cwd = cwd
        self._environment = environment
        self._child: Child | None = None
        self._earlier_words = ""

    async def start(self) -> None:
        """Start it; it is not waited for."""
        self._earlier_words = self.last_words()
        await self.stop()
        self._child = self._registry.spawn(
            self.name, self._argv, env=self._environment(), log=self.log, cwd=self._cwd
        )
        self.started_at = time.time()

    async def stop(self) -> None:
        if self._child:
            await self._registry.end(self._child, grace_seconds=STOP_SECONDS)
            self._child = None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def alive(self) -> bool:
        return self._child is not None and self._child.alive()

    def last_words(self) -> str:
        """The end of what it has said; just started, of what the one before it said."""
        return (tail(self._child) if self._child else "") or self._earlier_words
