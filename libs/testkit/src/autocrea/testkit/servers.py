"""The real servers that one test run shares: found by a URL from the environment, else started on this machine.

Whoever needs a server first starts a holder process for it; the holder ends it when the run's process is gone, however
that ended. The order is STYLE's: a URL from the environment, local processes, testcontainers where Docker is.
"""

import asyncio
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from autocrea.cli.parts import S3, BrokerUser, Postgres, RabbitMQ
from autocrea.cli.parts.processes import birth_of, write_private
from autocrea.contracts.topology import TOPOLOGY

RUN_VARIABLE = "AUTOCREA_TESTKIT_RUN"
START_SECONDS = 240.0  # the first start on a machine may fetch RabbitMQ's packages
POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Run:
    """One test run: its folder and the process whose end ends the servers."""

    folder: Path
    owner: int

    @classmethod
    def current(cls) -> "Run":
        """The run of this process, inherited by its workers through the environment."""
        stored = os.environ.get(RUN_VARIABLE)
        if stored is None:
            folder = cache_folder() / "runs" / str(os.getpid())
            stored = os.environ[RUN_VARIABLE] = f"{os.getpid()}:{folder}"
        owner, _, path = stored.partition(":")
        return cls(Path(path), int(owner))


def cache_folder() -> Path:
    """Where downloads are kept between runs: the workspace's state folder."""
    configured = os.environ.get("AUTOCREA_STATE")
    if configured:
        return Path(configured) / "tests"
    for parent in Path(__file__).resolve().parents:
        if (parent / "uv.lock").exists():
            return parent / ".autocrea" / "tests"
    return Path.home() / ".cache" / "autocrea-tests"


def endpoint_of(part: str) -> dict[str, object]:
    """The endpoint of a shared server as its holder wrote it; starts the holder if there is none yet."""
    run = Run.current()
    run.folder.mkdir(parents=True, exist_ok=True)
    answer = run.folder / f"{part}.json"
    with _locked(run.folder / f"{part}.lock"):
        if not answer.exists():
            _start_holder(part, run, answer)
    found: dict[str, object] = json.loads(answer.read_text())
    return found


def service_password(service: str) -> str:
    """The password of a service's broker user on the test broker."""
    return f"{service}-of-the-tests"


def _start_holder(part: str, run: Run, answer: Path) -> None:
    with (run.folder / f"{part}-holder.log").open("ab") as log:
        holder = subprocess.Popen(
            [sys.executable, "-m", "autocrea.testkit.servers", part, str(run.folder), str(run.owner)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    deadline = time.monotonic() + START_SECONDS
    while not answer.exists():
        if holder.poll() is not None or time.monotonic() > deadline:
            said = (run.folder / f"{part}-holder.log").read_text()[-2000:]
            raise RuntimeError(f"the test server {part} did not start:\n{said}")
        time.sleep(POLL_SECONDS)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _part(name: str, folder: Path) -> Postgres | RabbitMQ | S3:
    if name == "postgres":
        return Postgres(folder, durable=False)
    if name == "s3":
        return S3(folder)
    users = [
        BrokerUser(user.name, service_password(user.name), user.configure, user.write, user.read)
        for user in TOPOLOGY.users
    ]
    return RabbitMQ(folder, cache=cache_folder().parent / "cache", users=users)


async def _hold(name: str, folder: Path, owner: int) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    birth = birth_of(owner)
    part = _part(name, folder / name)
    endpoint = await part.start()
    fields = {field: getattr(endpoint, field) for field in type(endpoint).__dataclass_fields__}
    write_private(folder / f"{name}.json", json.dumps(fields))
    try:
        while not stop.is_set() and birth is not None and birth_of(owner) == birth:
            await asyncio.sleep(POLL_SECONDS)
    finally:
        (folder / f"{name}.json").unlink(missing_ok=True)
        await part.stop()


if __name__ == "__main__":
    asyncio.run(_hold(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
