"""A private S3 server: `rclone serve s3` from a wheel, its objects as files in a folder of ours, on loopback
only."""

import secrets
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from autocrea.cli.parts.ports import LOOPBACK, answers, choose_port
from autocrea.cli.parts.processes import Child, Registry, listens, quiet_environment, until, write_once
from autocrea.cli.trouble import Trouble

START_SECONDS = 20.0
"""It listens after 0.2 s."""

STOP_SECONDS = 3.0
"""It has nothing to write at the end; an open download may finish."""

START_TRIES = 3
"""The chosen port can be taken between choosing and listening."""

REGION = "us-east-1"
"""rclone does not look at it, but signatures name one."""


@dataclass(frozen=True, slots=True)
class S3Endpoint:
    """Where the server is and the one key it accepts. Address buckets by path, sign with version 4."""

    port: int
    access_key_id: str
    secret_access_key: str
    bucket: str
    region: str = REGION
    host: str = LOOPBACK

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"


class S3:
    """One server in one folder, with its bucket. `start` may be called again after `stop`, after a crash,
    and by a later program."""

    name = "s3"

    def __init__(
        self, folder: Path, *, port: int = 0, bucket: str = "autocrea-artifacts", log: Path | None = None
    ) -> None:
        self.folder = folder
        self.objects = folder / "objects"
        self.log = log or folder / "s3.log"
        self.wanted_port = port
        self.bucket = bucket
        self.registry = Registry(folder / "run")
        self.endpoint: S3Endpoint | None = None
        self._child: Child | None = None

    def endpoint_at(self, port: int) -> S3Endpoint:
        """What `start` returns when it gets this port: known before, so that others need not wait to be
        told."""
        key_id = write_once(self.folder / "key-id", lambda: f"AUTOCREA{secrets.token_hex(6).upper()}")
        secret = write_once(self.folder / "key-secret", lambda: secrets.token_urlsafe(30))
        return S3Endpoint(port, key_id, secret, self.bucket)

    async def start(self) -> S3Endpoint:
        """Start the server and wait until it answers. Raises Trouble."""
        await self.registry.end_leftovers()
        self.create_bucket(self.bucket)
        try:
            for tries_left in reversed(range(START_TRIES)):
                port = choose_port(self.wanted_port)
                try:
                    await self._start_server(self.endpoint_at(port))
                    break
                except Trouble as trouble:
                    await self.stop()
                    if not tries_left or "in use" not in str(trouble.values.get("tail")):
                        raise
            self.wanted_port = port  # the same one after a crash: others know it
            self.endpoint = self.endpoint_at(port)
        except BaseException:
            await self.stop()
            raise
        return self.endpoint

    async def stop(self) -> None:
        if self._child:
            await self.registry.end(self._child, grace_seconds=STOP_SECONDS)
            self._child = None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def alive(self) -> bool:
        return self._child is not None and self._child.alive()

    def healthy(self) -> bool:
        return self.alive() and self.endpoint is not None and answers(self.endpoint.port)

    def create_bucket(self, name: str) -> None:
        """A bucket is a folder."""
        (self.objects / name).mkdir(parents=True, exist_ok=True)

    async def _start_server(self, endpoint: S3Endpoint) -> None:
        # Not with `--dir-cache-time 0s`: each folder's clean-up timer then fires without a pause, which takes a core
        # and in the end every lock.
        self._child = self.registry.spawn(
            "rclone",
            [
                rclone(),
                "serve",
                "s3",
                "--addr",
                f"{LOOPBACK}:{endpoint.port}",
                str(self.objects),
            ],
            env=quiet_environment(
                HOME=str(self.folder),
                RCLONE_CONFIG="/dev/null",
                RCLONE_CACHE_DIR=str(self.folder / "cache"),
                # not among the arguments, which everyone may read; a list of one, as CSV
                RCLONE_AUTH_KEY=f'"{endpoint.access_key_id},{endpoint.secret_access_key}"',
            ),
            log=self.log,
        )
        port, pid = endpoint.port, self._child.pid
        serves = lambda: answers(port) and listens(pid, port)  # noqa: E731
        await until(serves, self._child, timeout_seconds=START_SECONDS, what="S3 (rclone)")


def rclone() -> str:
    """The wheel's program beside this Python, else one on the path."""
    beside = Path(sys.executable).with_name("rclone")
    found = str(beside) if beside.exists() else shutil.which("rclone")
    if found is None:
        raise Trouble("rclone_missing")
    return found
