"""The state folder: where it is, what lies in it, who runs a stack in it. Nothing else of the program writes
to the disk."""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from autocrea.cli.trouble import Trouble

STATE_VARIABLE = "AUTOCREA_STATE"
CACHE_VARIABLE = "AUTOCREA_CACHE"

PLAIN_PATH = re.compile(r"[\w./+@%:,-]+", re.ASCII)
"""What the start scripts of Erlang and RabbitMQ, which do not quote their own path, can live with."""


class State:
    """One state folder. A stack has it to itself while it runs."""

    def __init__(self, folder: Path, cache: Path | None = None) -> None:
        self.folder = folder.resolve()
        self.cache = (cache or self.folder / "cache").resolve()
        for path, variable in ((self.folder, STATE_VARIABLE), (self.cache, CACHE_VARIABLE)):
            if not PLAIN_PATH.fullmatch(str(path)):
                raise Trouble("folder_name", folder=path, variable=variable)

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def stack_file(self) -> Path:
        return self.folder / "stack.json"

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def part(self, name: str) -> Path:
        """The folder of one part or process."""
        return self.folder / name

    def registries(self) -> list[Path]:
        """Every folder in which processes of a stack are written down."""
        return sorted(self.folder.glob("*/run"))

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Have the folder to oneself. The system releases the lock when its holder dies, however it dies."""
        with self._lock_file() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.seek(0)
                raise Trouble("already_running", pid=file.read().strip(), folder=self.folder) from None
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            yield

    def _lock_file(self) -> IO[str]:
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            return (self.folder / "lock").open("a+")
        except OSError as error:
            raise Trouble("state_unusable", folder=self.folder, reason=error.strerror) from error

    def holder(self) -> int | None:
        """The id of the process that runs a stack here; None when nobody does."""
        try:
            with (self.folder / "lock").open("r+") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                except BlockingIOError:
                    named = file.read().strip()
                    return int(named) if named.isdigit() else None
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Trouble("state_unusable", folder=self.folder, reason=error.strerror) from error
        return None

    def erase(self) -> None:
        """Remove everything but the downloads. Only while nobody runs a stack here."""
        for path in self.folder.iterdir():
            if path.resolve() == self.cache or path.name == "lock":
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()


def find_state() -> State:
    """The state that commands use: AUTOCREA_STATE, else `.autocrea` in the workspace, else the person's own
    state folder."""
    cache = os.environ.get(CACHE_VARIABLE)
    named = os.environ.get(STATE_VARIABLE)
    if named:
        return State(Path(named).expanduser(), Path(cache).expanduser() if cache else None)
    root = workspace_root()
    if root is not None and PLAIN_PATH.fullmatch(str(root)) and os.access(root, os.W_OK):
        folder = root / ".autocrea"
    else:
        home = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "autocrea"
        folder = home / hashlib.sha256(str(root).encode()).hexdigest()[:8] if root else home
    return State(folder, Path(cache).expanduser() if cache else None)


def workspace_root() -> Path | None:
    """The checkout that the current folder or this package lies in; None when the package was installed
    elsewhere."""
    for start in (Path.cwd(), Path(__file__).resolve().parent):
        for folder in (start, *start.parents):
            if (folder / "cli" / "src" / "autocrea" / "cli").is_dir() and (folder / "uv.lock").exists():
                return folder
    return None
