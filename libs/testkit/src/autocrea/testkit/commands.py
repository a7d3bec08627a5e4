"""A command that serves HTTP on loopback, for the time of a block; blocking, for tests without an event loop."""

import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

START_SECONDS = 30.0
STOP_SECONDS = 10.0
POLL_SECONDS = 0.05
PROBE_SECONDS = 2.0


@dataclass(frozen=True)
class Process:
    """A running process and where it listens."""

    url: str
    popen: "subprocess.Popen[bytes]"


@contextmanager
def running(
    command: Sequence[str], url: str, probe: str, *, env: Mapping[str, str], cwd: Path | None = None
) -> Iterator[Process]:
    """Start a command, wait until the probe's path answers 200, end it afterwards."""
    popen = subprocess.Popen(command, env=dict(env), cwd=cwd)
    try:
        _wait_for(f"{url}{probe}", popen)
        yield Process(url, popen)
    finally:
        popen.terminate()
        try:
            popen.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            popen.kill()
            popen.wait()


def _wait_for(url: str, popen: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if popen.poll() is not None:
            raise AssertionError(f"the process ended with {popen.returncode} before {url} answered")
        try:
            if httpx.get(url, timeout=PROBE_SECONDS, trust_env=False).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        time.sleep(POLL_SECONDS)
    raise AssertionError(f"{url} did not answer within {START_SECONDS:.0f} s")
