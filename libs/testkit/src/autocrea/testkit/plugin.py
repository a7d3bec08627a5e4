"""Fixtures on the real servers: a database per test from a migrated template, a virtual host per test."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import uuid4

import asyncpg
import pytest
from autocrea.chassis import migrations, topology
from autocrea.cli.parts import PostgresEndpoint, RabbitmqEndpoint, S3Endpoint
from autocrea.contracts.topology import TOPOLOGY
from autocrea.testkit import servers
from autocrea.testkit.servers.held import end_holders
from autocrea.testkit.servers.run import Run
from autocrea.testkit.vhosts import Management, service_password

MakeDatabase = Callable[[str], Awaitable[str]]


def pytest_configure(config: pytest.Config) -> None:
    """Name this run before any worker starts, so that all of them share its servers."""
    Run.current()


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the run's servers and forget its folder."""
    run = Run.current()
    if hasattr(config, "workerinput") or run.owner != os.getpid() or not run.folder.exists():
        return
    end_holders(run)
    shutil.rmtree(run.folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> PostgresEndpoint:
    """The run's PostgreSQL."""
    return servers.postgres()


@pytest.fixture(scope="session")
def rabbitmq() -> RabbitmqEndpoint:
    """The run's RabbitMQ, with the services' users; their password is `service_password(name)`."""
    return servers.rabbitmq()


@pytest.fixture(scope="session")
def s3() -> S3Endpoint:
    """The run's S3 server."""
    return servers.s3()


@pytest.fixture
async def make_database(postgres: PostgresEndpoint) -> AsyncIterator[MakeDatabase]:
    """Make a fresh database with a package's migrations applied; returns its URL. Dropped after the test."""
    made: list[str] = []

    async def make(package: str) -> str:
        template = await _template(postgres, package)
        name = f"test_{uuid4().hex}"
        connection = await asyncpg.connect(postgres.url())
        try:
            await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        finally:
            await connection.close()
        made.append(name)
        return postgres.url(name)

    yield make
    connection = await asyncpg.connect(postgres.url())
    try:
        for name in made:
            await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    finally:
        await connection.close()


async def _template(postgres: PostgresEndpoint, package: str) -> str:
    """The migrated template of a package, made by whoever needs it first.

    Its name says what is in it: a server that the environment names has those of earlier runs as well.
    """
    name = f"template_{package.rpartition('.')[2]}_{migrations.digest(package)}"
    connection = await asyncpg.connect(postgres.url())
    try:
        await connection.execute("SELECT pg_advisory_lock(1)")
        if not await connection.fetchval("SELECT datistemplate FROM pg_database WHERE datname = $1", name):
            await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            await connection.execute(f'CREATE DATABASE "{name}"')
            await migrations.migrate(postgres.url(name), package)
            await connection.execute(f'ALTER DATABASE "{name}" IS_TEMPLATE true')
        return name
    finally:
        await connection.close()


@pytest.fixture
async def vhost(rabbitmq: RabbitmqEndpoint) -> AsyncIterator["Vhost"]:
    """A virtual host of its own with the topology applied. Deleted after the test."""
    management = Management(rabbitmq)
    name = f"test-{uuid4().hex}"
    await asyncio.to_thread(management.create_vhost, name)
    await topology.apply(rabbitmq.url(name), TOPOLOGY)
    yield Vhost(rabbitmq, name, management)
    await asyncio.to_thread(management.delete_vhost, name)


class Vhost:
    """A virtual host of one test."""

    def __init__(self, rabbitmq: RabbitmqEndpoint, name: str, management: Management) -> None:
        self._rabbitmq = rabbitmq
        self.name = name
        self.management = management

    @property
    def admin_url(self) -> str:
        """As the administrator, who may do everything."""
        return self._rabbitmq.url(self.name)

    def url(self, service: str) -> str:
        """As a service's own user, who may do only what the topology's table says."""
        return self._rabbitmq.url(self.name, user=service, password=service_password(service))
