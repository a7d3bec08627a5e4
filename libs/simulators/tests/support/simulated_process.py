"""The simulators as their users meet them: a process on a free loopback port."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

START_SECONDS_MAX = 30
STOP_SECONDS_MAX = 10


@dataclass
class Process:
    """A running process and where it listens."""

    url: str
    popen: "subprocess.Popen[bytes]"


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def running(command: list[str], url: str, probe: str, **options: object) -> Iterator[Process]:
    """Starts a command, waits until the probe answers, ends it afterwards."""
    popen = subprocess.Popen(command, **options)
    try:
        wait_for(f"{url}{probe}", popen)
        yield Process(url, popen)
    finally:
        popen.terminate()
        try:
            popen.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            popen.kill()
            popen.wait()


def wait_for(url: str, popen: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < end:
        if popen.poll() is not None:
            raise AssertionError(f"the process ended with {popen.returncode} before {url} answered")
        try:
            if httpx.get(url, timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError(f"{url} did not answer within {START_SECONDS_MAX} seconds")


@contextmanager
def simulators(**settings: str) -> Iterator[Process]:
    """The simulators with these settings, by default without any delay."""
    port = settings.get("PORT") or str(free_port())
    kept: Mapping[str, str] = {
        name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ
    }
    own = {"TOKENS_PER_SECOND": "0", "PORT": port} | settings
    environment = dict(kept) | {f"AUTOCREA_SIMULATORS_{name}": value for name, value in own.items()}
    command = [sys.executable, "-m", "autocrea.simulators"]
    with running(command, f"http://127.0.0.1:{port}", "/_sim/health", env=environment) as process:
        yield process
