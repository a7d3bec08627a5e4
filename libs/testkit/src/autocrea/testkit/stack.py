"""One whole AUTOCREA as processes of its own: five services and the simulators on real servers, each killed by name."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
from autocrea.chassis import migrations, topology
from autocrea.cli.parts import PostgresEndpoint, RabbitmqEndpoint, S3Endpoint
from autocrea.contracts.topology import TOPOLOGY
from autocrea.testkit.checker import Checker
from autocrea.testkit.downtime import let_time_pass
from autocrea.testkit.objects import create_bucket, delete_bucket
from autocrea.testkit.people import Person
from autocrea.testkit.processes import ServiceProcess, free_port
from autocrea.testkit.simulated import Simulated
from autocrea.testkit.stack_environment import (
    OPERATOR_TOKEN,
    PROVIDERS,
    SERVICES,
    SIMULATORS,
    Places,
    environment_of,
)
from autocrea.testkit.vhosts import Management
from autocrea.testkit.waiting import eventually

START_SECONDS = 90.0
"""Six Pythons that import everything at once on two busy cores."""

STOP_SECONDS = 90.0
"""A service drains for up to 60 s."""

AWAY_SECONDS = 60.0
"""Longer than any lease."""


class Stack:
    """Use with `running_stack`. Every generation in it can be told apart by its project's name."""

    def __init__(
        self,
        folder: Path,
        *,
        postgres: PostgresEndpoint,
        rabbitmq: RabbitmqEndpoint,
        s3: S3Endpoint,
        settings: Mapping[str, str] | None = None,
        providers: tuple[str, ...] = PROVIDERS,
    ) -> None:
        self.name = f"stack_{uuid4().hex[:12]}"
        self.management = Management(rabbitmq)
        ports = {name: free_port() for name in (*SERVICES, SIMULATORS)}
        self.places = Places(self.name, postgres, rabbitmq, s3, ports, folder, providers)
        self.processes = {
            name: ServiceProcess(
                f"autocrea.{name.replace('-', '_')}",
                environment_of(name, self.places, settings or {}),
                port=ports[name],
                log=folder / f"{name}.log",
            )
            for name in (SIMULATORS, *SERVICES)
        }
        self.url = self.processes["gateway"].url
        self.simulated = Simulated(self.processes[SIMULATORS].url)
        self.checker = Checker(
            {service: self.places.admin_url(service) for service in SERVICES},
            self.places.s3,
            self.places.bucket,
            self.simulated,
        )

    async def start(self) -> None:
        """Make databases, virtual host and bucket, start every process, and wait until a price can be had."""
        await asyncio.gather(
            asyncio.to_thread(self.create_vhost),
            create_bucket(self.places.s3, self.places.bucket),
            *(self._create_database(service) for service in SERVICES),
        )
        await topology.apply(self.places.rabbitmq.url(self.name), TOPOLOGY)
        for process in self.processes.values():
            await process.start(wait=False)
        await self.ready()

    async def stop(self) -> None:
        """End every process in good order, then remove what was made for them."""
        await self.end(SERVICES)
        await self.end([SIMULATORS])
        for service in SERVICES:
            await self._drop_database(service)
        await asyncio.to_thread(self._delete_vhost)
        await delete_bucket(self.places.s3, self.places.bucket)

    async def ready(self, names: Iterable[str] = SERVICES) -> None:
        """Wait until these services are ready and the gateway knows the price."""
        simulators = self.processes[SIMULATORS]
        await eventually(
            lambda: simulators.status("/_sim/health"), timeout_seconds=START_SECONDS, what="the simulators"
        )
        await asyncio.gather(*(self.processes[name].ready(START_SECONDS) for name in names))

        async def offered() -> bool:
            return await self.processes["gateway"].status("/api/quote") == httpx.codes.OK

        await eventually(offered, timeout_seconds=START_SECONDS, what="a price")

    async def kill(self, *names: str) -> None:
        """End processes as `kill -9` does."""
        await asyncio.gather(*(self.processes[name].kill() for name in names))

    async def let_time_pass(self, name: str, seconds: float = AWAY_SECONDS) -> None:
        """As if this service, which is dead, had been away so long."""
        assert not self.processes[name].alive
        await let_time_pass(self.places.admin_url(name), seconds)

    def rotate(self, service: str, variable: str, value: str) -> None:
        """Another value in a secret's file, all at once, as where secrets are mounted."""
        file = self.places.secret(service, variable)
        following = file.with_suffix(".next")
        following.write_text(value)
        following.rename(file)

    def tear(self, service: str, variable: str, value: str) -> None:
        """Half of a value in the secret's file, as a writer leaves it that is not done yet."""
        self.places.secret(service, variable).write_text(value[: len(value) // 2])

    async def fetch(self, service: str, query: str) -> list[asyncpg.Record]:
        """Ask a service's database."""
        connection = await asyncpg.connect(self.places.admin_url(service))
        try:
            return list(await connection.fetch(query))
        finally:
            await connection.close()

    async def restart(self, *names: str, wait: bool = True) -> None:
        """Start them again after a kill."""
        for name in names:
            await self.processes[name].start(wait=False)
        if wait:
            await asyncio.gather(*(self.processes[name].ready(START_SECONDS) for name in names))

    @asynccontextmanager
    async def with_settings(self, name: str, **settings: str) -> AsyncIterator[None]:
        """This service with other settings for the time of the block."""
        await self.end([name])
        await self.processes[name].start(wait=True, **settings)
        try:
            yield
        finally:
            await self.kill(name)
            await self.restart(name)

    @contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """A process that does nothing for the time of the block, and goes on afterwards."""
        self.processes[name].signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.processes[name].signal(signal.SIGCONT)

    async def end(self, names: Iterable[str]) -> None:
        """End those that run with SIGTERM, all at the same time; kills what does not end."""
        running = [self.processes[name] for name in names if self.processes[name].alive]
        for process in running:
            process.signal(signal.SIGTERM)
        try:
            await asyncio.gather(*(process.wait(STOP_SECONDS) for process in running))
        finally:
            await asyncio.gather(*(process.kill() for process in running))

    @asynccontextmanager
    async def person(self, *, tokens: int | None = None, verified: bool = True) -> AsyncIterator[Person]:
        """A new person whose balance is known: the welcome grant, or without a verified e-mail exactly `tokens`."""
        account = f"p-{uuid4().hex[:16]}"
        token = await self.simulated.token(account, verified=verified and tokens is None)
        async with Person(self.url, token, f"user_{account}") as person:
            await person.get("/api/me")
            if tokens:
                await self.grant(person.user_id, tokens)
            wanted = tokens if tokens is not None else 100 if verified else 0
            await person.until_available(wanted)
            yield person

    async def grant(self, user_id: str, tokens: int) -> None:
        """Give tokens as an operator does."""
        async with httpx.AsyncClient(base_url=self.processes["billing"].url, trust_env=False) as billing:
            answer = await billing.post(
                "/operator/grants",
                json={"user": user_id, "tokens": tokens, "reason": "for a test", "who": "testkit"},
                headers={"Authorization": f"Bearer {OPERATOR_TOKEN}"},
            )
        assert answer.status_code == httpx.codes.CREATED, answer.text

    async def close_connections(self, service: str) -> None:
        """Let the broker close a service's connections, once its list knows them."""
        await eventually(
            lambda: asyncio.to_thread(
                self.management.close_connections, self.name, self.places.broker_user(service)
            ),
            what=f"the broker lists connections of {service}",
        )

    def create_vhost(self) -> None:
        """The virtual host with its users, as their services log in."""
        for service in SERVICES:
            self.management.set_password(self.places.broker_user(service), self.places.password(service))
        self.management.create_vhost(self.name, self.places.broker_user)

    def _delete_vhost(self) -> None:
        self.management.delete_vhost(self.name)
        for service in SERVICES:
            self.management.delete_user(self.places.broker_user(service))

    async def _create_database(self, service: str) -> None:
        async with self.places.administrator() as connection:
            name, password = self.places.database(service), self.places.password(service)
            await connection.execute(f"CREATE ROLE \"{name}\" LOGIN PASSWORD '{password}'")
            await connection.execute(f'CREATE DATABASE "{name}" OWNER "{name}"')
        await migrations.migrate(self.places.database_url(service), f"autocrea.{service.replace('-', '_')}")

    async def _drop_database(self, service: str) -> None:
        async with self.places.administrator() as connection:
            name = self.places.database(service)
            await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            await connection.execute(f'DROP ROLE IF EXISTS "{name}"')


@asynccontextmanager
async def running_stack(
    folder: Path,
    *,
    postgres: PostgresEndpoint,
    rabbitmq: RabbitmqEndpoint,
    s3: S3Endpoint,
    settings: Mapping[str, str] | None = None,
    providers: tuple[str, ...] = PROVIDERS,
) -> AsyncIterator[Stack]:
    """A ready stack for the time of the block; nothing of it is left afterwards but its logs in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    stack = Stack(folder, postgres=postgres, rabbitmq=rabbitmq, s3=s3, settings=settings, providers=providers)
    try:
        await stack.start()
        yield stack
    finally:
        try:
            await stack.stop()
        finally:
            await stack.kill(*stack.processes)
