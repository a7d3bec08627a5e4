"""Starts child processes and remembers them by id and start time, so that whatever is left behind can be
ended, and nothing else."""

import asyncio
import contextlib
import fcntl
import json
import os
import re
import secrets
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
from autocrea.cli.trouble import Trouble

MARKER = "AUTOCREA_STARTED_BY"
"""Environment variable that every child inherits: finds grandchildren whose parent died before they did."""

WORD = re.compile(r"[\w-]+", re.ASCII)
"""What marks and passwords of ours are made of."""

POLL_SECONDS = 0.05
"""How often a condition is looked at again: short against every start-up (the shortest is 0.2 s), cheap
against a core."""

KILL_WAIT_SECONDS = 5.0
"""A killed process is gone as soon as the kernel has closed its files; longer than this is a disk that does
not answer."""

LOG_BYTES_MAX = 8 * 1024 * 1024
"""A log above this size is set aside (one old copy is kept) when its process starts, so that a state folder
stays small."""


@dataclass(frozen=True, slots=True)
class Child:
    """A process started by this program. It leads its own session, hence its own group."""

    name: str
    popen: "subprocess.Popen[bytes]"
    log: Path
    log_offset: int

    @property
    def pid(self) -> int:
        return self.popen.pid

    def alive(self) -> bool:
        return self.popen.poll() is None

    def output(self) -> str:
        """What it has written since it was started (the last 64 KiB of it)."""
        with contextlib.suppress(FileNotFoundError), self.log.open("rb") as log:
            end = log.seek(0, os.SEEK_END)
            log.seek(max(self.log_offset, end - 65_536))
            return log.read().decode(errors="replace")
        return ""


def birth_of(pid: int) -> str | None:
    """When the process with this id was born, exact enough to tell it from a later one with the same id.
    None: no such process."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        if Path("/proc/self/stat").exists():
            return None
        try:  # a system without /proc
            return f"{psutil.Process(pid).create_time():.2f}"
        except psutil.NoSuchProcess:
            return None
    if fields[0] == "Z":
        return None
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return f"{boot}:{fields[19]}"


class Registry:
    """The processes started for one folder. Survives this program's own death: the next one reads it and
    ends what is left."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.mark = write_once(folder / "mark", lambda: secrets.token_hex(16))

    def spawn(
        self, name: str, argv: Sequence[str], *, env: Mapping[str, str], log: Path, cwd: Path | None = None
    ) -> Child:
        """Start `argv` in a session of its own, its output appended to `log`, and write down that it
        exists."""
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists() and log.stat().st_size > LOG_BYTES_MAX:
            log.replace(log.with_suffix(".old" + log.suffix))
        with log.open("ab") as output:
            offset = output.tell()  # before the child, which shares the place, writes its first word
            popen = subprocess.Popen(  # noqa: S603 -- argv is ours, never a person's text
                list(argv),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**env, MARKER: self.mark},
                cwd=cwd,
                start_new_session=True,
            )
        record = {"pid": popen.pid, "birth": birth_of(popen.pid), "program": argv[0]}
        write_private(self.folder / f"{name}.json", json.dumps(record))
        return Child(name, popen, log, offset)

    async def end(
        self, child: Child, *, grace_seconds: float, first: signal.Signals = signal.SIGTERM
    ) -> None:
        """Ask the whole group to stop, wait up to the grace, then kill it. Idempotent. A cancellation kills
        at once."""
        try:
            if child.alive():
                signal_group(child.pid, first)
                await gone(child, grace_seconds)
        finally:
            if child.alive():
                signal_group(child.pid, signal.SIGKILL)
            for pid in (
                self._marked()
            ):  # the id of a group whose leader is gone may be another's by now: look at each member
                with contextlib.suppress(ProcessLookupError):
                    if os.getpgid(pid) == child.pid:
                        signal_process(pid, signal.SIGKILL)
            child.popen.wait(KILL_WAIT_SECONDS)
            (self.folder / f"{child.name}.json").unlink(missing_ok=True)

    async def end_leftovers(
        self, *, grace_seconds: float = 5.0, first: signal.Signals = signal.SIGTERM
    ) -> list[int]:
        """End whatever an earlier program started here and left behind. Returns the ids that it ended."""
        left = self.leftovers()
        for pid in left:
            signal_process(pid, first)
        deadline = time.monotonic() + grace_seconds
        births = {pid: birth_of(pid) for pid in left}
        while any(birth and birth_of(pid) == birth for pid, birth in births.items()):
            if time.monotonic() > deadline:
                for pid, birth in births.items():
                    if birth and birth_of(pid) == birth:
                        signal_process(pid, signal.SIGKILL)
            if time.monotonic() > deadline + KILL_WAIT_SECONDS:
                raise Trouble("process_will_not_end", pids=left)
            await asyncio.sleep(POLL_SECONDS)
        for record in self.folder.glob("*.json"):
            record.unlink(missing_ok=True)
        return left

    def leftovers(self) -> list[int]:
        """Ids of the processes that were started here, by whatever program, and still live."""
        return sorted({*self._recorded(), *self._marked()})

    def _recorded(self) -> Iterator[int]:
        for path in self.folder.glob("*.json"):
            try:
                record = json.loads(path.read_text())
            except (ValueError, FileNotFoundError):  # half written: the mark finds its process
                continue
            if record["birth"] is not None and birth_of(record["pid"]) == record["birth"]:
                yield record["pid"]

    def _marked(self) -> Iterator[int]:
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                if process.pid != os.getpid() and process.environ().get(MARKER) == self.mark:
                    yield process.pid


async def until(ready: Callable[[], bool], child: Child, *, timeout_seconds: float, what: str) -> None:
    """Wait for a condition while the process lives. Raises Trouble with the end of its log when it dies or
    the time is up."""
    deadline = time.monotonic() + timeout_seconds
    while not ready():
        if not child.alive():
            raise Trouble(
                "part_died", part=what, code=child.popen.returncode, log=child.log, tail=tail(child)
            )
        if time.monotonic() > deadline:
            raise Trouble(
                "part_slow", part=what, seconds=int(timeout_seconds), log=child.log, tail=tail(child)
            )
        await asyncio.sleep(POLL_SECONDS)


async def ended_well(child: Child, *, timeout_seconds: float, what: str) -> None:
    """Wait for a program that ends by itself. Raises Trouble unless it ends in time with success."""
    if not await gone(child, timeout_seconds):
        raise Trouble("part_slow", part=what, seconds=int(timeout_seconds), log=child.log, tail=tail(child))
    if child.popen.returncode != 0:
        raise Trouble("part_died", part=what, code=child.popen.returncode, log=child.log, tail=tail(child))


async def gone(child: Child, seconds: float) -> bool:
    """Wait up to `seconds` for the process to end."""
    deadline = time.monotonic() + seconds
    while child.alive() and time.monotonic() < deadline:  # noqa: ASYNC110 -- a process, not a task
        await asyncio.sleep(POLL_SECONDS)
    return not child.alive()


def tail(child: Child, lines: int = 12) -> str:
    return "\n".join(child.output().strip().splitlines()[-lines:])


def signal_group(pid: int, number: signal.Signals) -> None:
    """Only for a leader that has not been waited for: until then its id cannot be another's."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def signal_process(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


@contextlib.asynccontextmanager
async def alone(path: Path) -> AsyncIterator[None]:
    """Wait until no other program has this to itself, and have it. It is free again when its holder dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                await asyncio.sleep(POLL_SECONDS)
        yield


def listens(pid: int | None, port: int) -> bool:
    """Whether that process (or a child of it) listens there. That somebody answers is not enough: a stranger may
    have been faster."""
    if pid is None:
        return False
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        return _listens(process, port) or any(_listens(one, port) for one in process.children(recursive=True))
    return False


def _listens(process: psutil.Process, port: int) -> bool:
    listening = (one for one in process.net_connections("tcp") if one.status == psutil.CONN_LISTEN)
    return any(one.laddr.port == port for one in listening)


def write_private(path: Path, text: str) -> None:
    """Replace the file in one step; only its owner may read it."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(descriptor)
    temporary.replace(path)


def write_once(path: Path, make: Callable[[], str]) -> str:
    """The file's word; made and kept when it is not there yet, or is no longer a word."""
    if not path.exists() or not WORD.fullmatch(path.read_text(errors="replace")):
        write_private(path, make())
    return path.read_text()


def quiet_environment(**extra: str) -> dict[str, str]:
    """What a part may know of the caller's environment: its own settings come from its folder, not from a
    stray PGPORT or RCLONE_CONFIG."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "USER", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
    return {**{name: os.environ[name] for name in kept if name in os.environ}, **extra}
