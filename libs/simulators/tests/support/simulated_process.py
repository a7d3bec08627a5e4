"""The simulators as their users meet them: a process on a free loopback port."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from autocrea.testkit.commands import Process, running
from autocrea.testkit.processes import free_port


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
