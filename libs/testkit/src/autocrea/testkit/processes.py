"""A service as a real process that a test starts, kills and looks into."""

import asyncio
import ctypes
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import httpx
from autocrea.testkit.waiting import eventually

START_SECONDS = 30.0
STOP_SECONDS = 30.0
PR_SET_PDEATHSIG = 1  # of linux/prctl.h
_LIBC = ctypes.CDLL(None)  # before any fork: what runs between fork and exec must not load libraries


def free_port() -> int:
    """A loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _end_with_parent() -> None:
    """In a new process: let the kernel end it with whoever started it, however that ends. Elsewhere than on Linux it
    stays behind when its starter is killed."""
    if sys.platform == "linux":
        _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Running(Protocol):
    """What is asked of a process that was started, as `subprocess.Popen` has it."""

    @property
    def pid(self) -> int: ...

    def poll(self) -> int | None: ...

    def wait(self) -> int: ...

    def send_signal(self, number: int, /) -> None:
        """Does nothing when it has ended."""


class ServiceProcess:
    """`python -m <module>` with an environment of its own; its log is a file."""

    def __init__(self, module: str, environment: Mapping[str, str], *, port: int, log: Path) -> None:
        self._module = module
        self._environment = dict(environment)
        self._log = log
        self._process: Running | None = None
        self.url = f"http://127.0.0.1:{port}"

    async def start(self, *, wait: bool = True, **extra: str) -> None:
        """Start it, with further environment variables for this start only, and wait until it is ready."""
        kept = {
            k: v
            for k, v in os.environ.items()
            if k in ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV")
        }
        self._process = self._spawn(self._module, {**kept, **self._environment, **extra}, self._log)
        if wait:
            await self.ready()

    @staticmethod
    def _spawn(module: str, environment: Mapping[str, str], log: Path) -> Running:
        with log.open("ab") as output:
            return subprocess.Popen(
                [sys.executable, "-m", module],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )

    async def ready(self, timeout_seconds: float = START_SECONDS) -> None:
        """Wait until readiness says so."""

        async def is_ready() -> bool:
            assert self.alive, f"{self._module} died:\n{self.log[-3000:]}"
            return await self.status("/health/ready") == 200

        await eventually(is_ready, timeout_seconds=timeout_seconds, what=f"{self._module} is ready")

    async def status(self, path: str) -> int:
        """The status of a GET; 0 while nothing listens."""
        async with httpx.AsyncClient(trust_env=False) as client:
            try:
                return (await client.get(self.url + path, timeout=5)).status_code
            except httpx.TransportError:
                return 0

    async def body(self, path: str) -> str:
        """The body of a GET."""
        async with httpx.AsyncClient(trust_env=False) as client:
            return (await client.get(self.url + path, timeout=5)).text

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """Of the running process."""
        return self._process.pid if self._process is not None and self.alive else None

    @property
    def exit_code(self) -> int | None:
        """None while it runs, negative for a signal."""
        return None if self._process is None else self._process.poll()

    @property
    def log(self) -> str:
        """Everything it has written."""
        return self._log.read_text() if self._log.exists() else ""

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    async def wait(self, timeout_seconds: float = STOP_SECONDS) -> int:
        """Wait for its end; returns the exit code, negative for a signal."""
        process = self._process
        assert process is not None
        await eventually(lambda: process.poll() is not None, timeout_seconds=timeout_seconds, what="its end")
        return process.wait()

    async def kill(self) -> None:
        """As `kill -9` does."""
        if self.alive:
            self.signal(signal.SIGKILL)
            await asyncio.to_thread(self._process.wait)  # type: ignore[union-attr]
