"""The `autocrea` command as a person runs it, in a state folder of its own."""

import asyncio
import contextlib
import json
import os
import re
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from autocrea.cli.parts.processes import MARKER
from autocrea.cli.stack.state import find_state

PROGRAM = Path(sys.executable).with_name("autocrea")

RUN_SECONDS = 150.0
"""A first start on a busy machine takes half a minute. Above the two minutes that a start gives itself, so that one
which is stuck says in what; below a test's own limit."""


@dataclass(frozen=True)
class Ended:
    """A command that has ended, and what it said."""

    code: int
    out: str
    err: str


@dataclass
class CommandLine:
    """Runs commands against one state folder. What they said is kept, to look for secrets in it."""

    folder: Path
    said: list[str] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        ours = {
            "AUTOCREA_STATE": str(self.folder),
            "AUTOCREA_CACHE": str(find_state().cache),
            "AUTOCREA_SIMULATORS_TOKENS_PER_SECOND": "0",
            "LANG": "es_ES.UTF-8",
            "LC_ALL": "",
        }
        return {**os.environ, **ours, **self.variables}

    async def start(self, *arguments: str) -> asyncio.subprocess.Process:
        """Start a command; its output is one stream."""
        return await asyncio.create_subprocess_exec(
            str(PROGRAM),
            *arguments,
            env=self.environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )

    async def run(self, *arguments: str) -> Ended:
        """Run a command to its end."""
        process = await asyncio.create_subprocess_exec(
            str(PROGRAM),
            *arguments,
            env=self.environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(RUN_SECONDS):
            out, err = await process.communicate()
        assert process.returncode is not None
        ended = Ended(process.returncode, out.decode(), err.decode())
        self.said += [ended.out, ended.err]
        return ended

    def report(self) -> dict[str, Any]:
        """What the supervisor says of itself."""
        return dict(json.loads((self.folder / "stack.json").read_text()))

    def process(self, name: str) -> dict[str, Any]:
        return next(dict(one) for one in self.report()["processes"] if one["name"] == name)

    def processes(self) -> list[str]:
        """Every process that carries a mark of this folder, whoever started it."""
        marks = {path.read_text() for path in self.folder.glob("*/run/mark")}
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get(MARKER) in marks:
                    found.append(f"{process.pid} {' '.join(process.cmdline())[:80]}")
            except (psutil.Error, OSError):
                continue
        return found

    def secrets(self) -> set[str]:
        """What no command may say; the broker's administrator is told to whoever starts the stack."""
        values = set(json.loads((self.folder / "secrets.json").read_text()).values())
        files = ("postgres/password", "s3/key-secret", "s3/key-id", "rabbitmq/password")
        return values | {(self.folder / name).read_text() for name in files}


async def read_until(process: asyncio.subprocess.Process, pattern: str) -> str:
    """What the command says up to the first line with the pattern. Fails when it ends before, or says nothing more."""
    assert process.stdout
    said = ""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(RUN_SECONDS):
            async for line in process.stdout:
                said += line.decode()
                if re.search(pattern, said):
                    return said
    raise AssertionError(f"it did not say {pattern}, but:\n{said}")


async def end(process: asyncio.subprocess.Process, number: signal.Signals) -> str:
    """Signal it, wait for its end; returns the rest of what it said."""
    process.send_signal(number)
    async with asyncio.timeout(RUN_SECONDS):
        rest, _ = await process.communicate()
    return rest.decode()
