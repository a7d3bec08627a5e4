"""Servers that this run started: whoever needs one first starts its holder, everybody else is told where it is."""

import fcntl
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
from autocrea.testkit.servers.run import Run

HOLDER = "autocrea.testkit.servers.holder"
START_SECONDS = 240.0  # the first start on a machine may fetch RabbitMQ's packages
END_SECONDS = 15.0  # RabbitMQ takes three
POLL_SECONDS = 0.1


def endpoint_of(part: str) -> dict[str, Any]:
    """The fields of a shared server's endpoint as its holder wrote them; starts the holder if there is none yet."""
    run = Run.current()
    run.folder.mkdir(parents=True, exist_ok=True)
    answer = run.folder / f"{part}.json"
    with _locked(run.folder / f"{part}.lock"):
        if not answer.exists():
            _start_holder(part, run, answer)
    found: dict[str, Any] = json.loads(answer.read_text())
    return found


def end_holders(run: Run) -> None:
    """End the run's servers and wait for it: a moment later nothing of it is left on the machine."""
    holders = [process for process in psutil.process_iter(["cmdline"]) if _holds(process, run.folder)]
    for process in holders:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGTERM)
    psutil.wait_procs(holders, timeout=END_SECONDS)


def _holds(process: psutil.Process, folder: Path) -> bool:
    words = process.info["cmdline"] or []
    return HOLDER in words and str(folder) in words


def _start_holder(part: str, run: Run, answer: Path) -> None:
    log_path = run.folder / f"{part}-holder.log"
    with log_path.open("ab") as log:
        holder = subprocess.Popen(
            [sys.executable, "-m", HOLDER, part, str(run.folder), str(run.owner)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    deadline = time.monotonic() + START_SECONDS
    while not answer.exists():
        if holder.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the test server {part} did not start:\n{log_path.read_text()[-2000:]}")
        time.sleep(POLL_SECONDS)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
