"""A private RabbitMQ node: own name, ports, folders and epmd, all on loopback. It never meets one that runs
on the machine already."""

import asyncio
import json
import secrets
import shutil
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

from autocrea.cli.parts.ports import LOOPBACK, answers, choose_port
from autocrea.cli.parts.processes import Child, Registry, ended_well, listens, until, write_once
from autocrea.cli.parts.rabbitmq_files import BrokerUser, NodePorts, environment, write_files
from autocrea.cli.parts.rabbitmq_leaders import election
from autocrea.cli.parts.rabbitmq_programs import RabbitmqPrograms, find_programs
from autocrea.cli.trouble import Trouble

ADMIN = "autocrea-admin"

START_SECONDS = 120.0
"""Four seconds on two idle cores, nine on busy ones; after a crash it recovers its queues first."""

EPMD_SECONDS = 10.0
"""It listens at once; a busy machine gets time."""

STOP_SECONDS = 3.0
"""Queues and stores are closed within 0.1 s of the signal; after that the management plugin waits five
seconds for nothing."""

START_TRIES = 3
"""The chosen ports can be taken between choosing and listening."""

PORT_TAKEN = ("eaddrinuse", "dist_port_already_used")
"""A node's reasons for not starting then."""

MANAGE_SECONDS = 30.0
"""Creating a vhost takes 0.1 s."""

ELECTION_SECONDS = 30.0
"""Half a second to start the asking node, a busy machine gets time."""

HELLO, HELLO_ANSWER = b"AMQP\x00\x00\x09\x01", b"\x01"
"""The protocol's first bytes; a broker that is ready answers with a frame of type 1 (Connection.Start)."""


@dataclass(frozen=True, slots=True)
class RabbitmqEndpoint:
    """Where a running node is and who may do everything there."""

    port: int
    management_port: int | None
    password: str
    vhost: str
    user: str = ADMIN
    host: str = LOOPBACK

    def url(self, vhost: str | None = None, *, user: str | None = None, password: str | None = None) -> str:
        """An AMQP URL; without a user, the administrator's; without a vhost, the first."""
        name, secret = (user, password or "") if user else (self.user, self.password)
        place = quote(self.vhost if vhost is None else vhost, safe="")
        return f"amqp://{quote(name, safe='')}:{quote(secret, safe='')}@{self.host}:{self.port}/{place}"

    @property
    def management_url(self) -> str | None:
        return f"http://{self.host}:{self.management_port}/" if self.management_port else None


class RabbitMQ:
    """One node in one folder. `start` may be called again after `stop`, after a crash, and by a later
    program.

    `cache` is where packages are unpacked, shared by all nodes of a machine. `users` come beside the
    administrator.
    Without `management` (no `create_vhost` then) it starts and stops a second or two faster. `advanced` is what
    its settings file cannot say: the node's `advanced.config`, in Erlang terms.
    """

    name = "rabbitmq"

    def __init__(
        self,
        folder: Path,
        *,
        cache: Path | None = None,
        programs: RabbitmqPrograms | None = None,
        users: Sequence[BrokerUser] = (),
        vhosts: Sequence[str] = ("autocrea",),
        port: int = 0,
        management: bool = True,
        management_port: int = 0,
        advanced: str = "[].",
        announce: Callable[[str], None] = lambda _key: None,
    ) -> None:
        self.folder = folder.resolve()
        self.cache = cache or folder / "cache"
        self.programs = programs
        self.users = tuple(users)
        self.vhosts = tuple(vhosts)
        self.wanted = (port, management_port)
        self.management = management
        self.advanced = advanced
        self.announce = announce
        self.log = self.folder / "rabbitmq.log"
        self.registry = Registry(self.folder / "run")
        self.endpoint: RabbitmqEndpoint | None = None
        self._crashed = False
        self._node: Child | None = None
        self._epmd: Child | None = None

    def endpoint_at(self, port: int, management_port: int | None) -> RabbitmqEndpoint:
        """What `start` returns when it gets these ports: known before, so that others need not wait to be
        told."""
        password = write_once(self.folder / "password", lambda: secrets.token_urlsafe(24))
        return RabbitmqEndpoint(port, management_port, password, self.vhosts[0])

    async def start(self) -> RabbitmqEndpoint:
        """Find or fetch the programs, start the node and wait until it speaks AMQP. Raises Trouble."""
        await self.registry.end_leftovers()
        self.programs = self.programs or await find_programs(self.cache.resolve(), announce=self.announce)
        self._forget_half_made_data()
        try:
            for tries_left in reversed(range(START_TRIES)):
                ports = self._choose_ports()
                try:
                    await self._start_node(self.programs, ports)
                    break
                except Trouble:
                    taken = self._met_a_taken_port()
                    await self.stop()
                    if not (tries_left and taken):
                        raise
            (self.data / "whole").touch()
            self.wanted = (ports.amqp, ports.management or 0)  # the same ones after a crash: others know them
            self.endpoint = self.endpoint_at(ports.amqp, ports.management)
        except BaseException:
            await self.stop()
            raise
        return self.endpoint

    async def stop(self) -> None:
        if self._node:
            await self.registry.end(self._node, grace_seconds=STOP_SECONDS)
            if self._node.popen.returncode == 0:
                (self.data / "closed").touch()
            self._node = None
        if self._epmd:
            await self.registry.end(self._epmd, grace_seconds=0)
            self._epmd = None

    @property
    def pid(self) -> int | None:
        return self._node.pid if self._node else None

    @property
    def pids(self) -> list[int]:
        """The node's and its epmd's."""
        return [child.pid for child in (self._node, self._epmd) if child]

    def alive(self) -> bool:
        return self._node is not None and self._node.alive()

    def healthy(self) -> bool:
        return self.alive() and self.endpoint is not None and answers(self.endpoint.port, HELLO, HELLO_ANSWER)

    async def create_vhost(self, name: str) -> str:
        """Create the vhost if it is not there, with every user's permissions. Returns the administrator's
        URL of it."""
        await self.manage("PUT", f"/api/vhosts/{quote(name, safe='')}")
        for user in (*self.users, BrokerUser(ADMIN, "")):
            place = f"/api/permissions/{quote(name, safe='')}/{quote(user.name, safe='')}"
            rights = user.permission(name)
            await self.manage(
                "PUT", place, {right: rights[right] for right in ("configure", "write", "read")}
            )
        assert self.endpoint
        return self.endpoint.url(name)

    async def delete_vhost(self, name: str) -> None:
        await self.manage("DELETE", f"/api/vhosts/{quote(name, safe='')}")

    async def manage(self, method: str, path: str, body: object = None) -> object:
        """One request to the management API as the administrator. Returns the decoded answer; raises Trouble
        unless it is a 2xx."""
        return await asyncio.to_thread(self._manage, method, path, body)

    def _manage(self, method: str, path: str, body: object) -> object:
        assert self.endpoint, "start it first"
        assert self.endpoint.management_port, "needs management=True"
        credentials = b64encode(f"{ADMIN}:{self.endpoint.password}".encode()).decode()
        headers = {"Authorization": f"Basic {credentials}", "Content-Type": "application/json"}
        connection = HTTPConnection(LOOPBACK, self.endpoint.management_port, timeout=MANAGE_SECONDS)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        if answer.status >= 300:
            raise Trouble(
                "rabbitmq_refused", request=f"{method} {path}", status=answer.status, answer=text[:500]
            )
        return json.loads(text) if text else None

    @property
    def data(self) -> Path:
        """Where the node keeps its tables, once it has been started."""
        assert self.programs
        return self.programs.home(self.folder) / "data"

    def _choose_ports(self) -> NodePorts:
        amqp = choose_port(self.wanted[0])
        management = choose_port(self.wanted[1], taken={amqp}) if self.management else None
        taken = {amqp, management or 0}
        distribution = choose_port(taken=taken)
        return NodePorts(amqp, management, distribution, choose_port(taken=taken | {distribution}))

    async def _start_node(self, programs: RabbitmqPrograms, ports: NodePorts) -> None:
        password = self.endpoint_at(ports.amqp, ports.management).password
        admin = BrokerUser(ADMIN, password, tags=("administrator",))
        home = programs.home(self.folder)
        write_files(home, programs, ports, [admin, *self.users], self.vhosts, self.advanced)
        env = environment(home, programs, ports)
        epmd = programs.command(programs.epmd, "-port", str(ports.epmd), "-address", LOOPBACK)
        self._epmd = self.registry.spawn("epmd", epmd, env=env, log=self.folder / "epmd.log", cwd=self.folder)
        own = self._epmd.pid  # another's answers too, and no node could be registered with it
        await until(lambda: listens(own, ports.epmd), self._epmd, timeout_seconds=EPMD_SECONDS, what="epmd")
        server = programs.command(programs.server)
        self._node = self.registry.spawn("rabbitmq", server, env=env, log=self.log, cwd=self.folder)
        node = self._node.pid
        speaks = lambda: answers(ports.amqp, HELLO, HELLO_ANSWER) and listens(node, ports.amqp)  # noqa: E731
        await until(speaks, self._node, timeout_seconds=START_SECONDS, what="RabbitMQ")
        if self._crashed:
            argv = programs.command(*election())
            asked = self.registry.spawn("elect", argv, env=env, log=self.log, cwd=self.folder)
            await ended_well(asked, timeout_seconds=ELECTION_SECONDS, what="leader election")

    def _met_a_taken_port(self) -> bool:
        """An epmd ends without a word then. A node says so, and goes on for pages."""
        if self._epmd and self._epmd.popen.returncode == 0:
            return True
        said = self._node.output() if self._node else ""
        return any(reason in said for reason in PORT_TAKEN)

    def _forget_half_made_data(self) -> None:
        """A node that was killed during its first start leaves tables it cannot open again; nobody has used
        them yet."""
        data = self.data
        if data.exists() and not (data / "whole").exists():
            shutil.rmtree(data)
        self._crashed = data.exists() and not (data / "closed").exists()
        (data / "closed").unlink(missing_ok=True)
        data.mkdir(parents=True, exist_ok=True)
