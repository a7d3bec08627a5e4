"""Fixtures on the real servers: a migrated database per test, a virtual host per test, one whole stack."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from functools import cache
from typing import TYPE_CHECKING
from uuid import uuid4

import asyncpg
import httpx
import httpx._transports.default as transports
import pytest
import pytest_asyncio
from autocrea.chassis import migrations, topology
from autocrea.cli.parts import PostgresEndpoint, RabbitmqEndpoint, S3Endpoint
from autocrea.contracts.topology import TOPOLOGY
from autocrea.testkit import servers
from autocrea.testkit.servers.held import end_holders
from autocrea.testkit.servers.run import Run
from autocrea.testkit.vhosts import Management, service_password

if TYPE_CHECKING:
    from autocrea.testkit.stack import Stack

LOG_SHOWN_MAX = 8_000  # characters: the last few dozen lines

MakeDatabase = Callable[[str], Awaitable[str]]

FAILED = pytest.StashKey[bool]()
"""Whether a test has failed, for what its fixtures keep of it."""


def pytest_configure(config: pytest.Config) -> None:
    """Name this run before any worker starts, so that all of them share its servers."""
    Run.current()
    _read_certificates_once()


def _read_certificates_once() -> None:
    """Every client of httpx reads all certificates that it trusts, for 18 ms of the processor; tests make thousands of
    clients, one for each look at a service that is not ready yet."""
    assert vars(transports)["create_ssl_context"] is httpx.create_ssl_context
    vars(transports)["create_ssl_context"] = cache(httpx.create_ssl_context)


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the run's servers and forget its folder."""
    run = Run.current()
    if hasattr(config, "workerinput") or run.owner != os.getpid() or not run.folder.exists():
        return
    end_holders(run)
    shutil.rmtree(run.folder, ignore_errors=True)


@pytest.hookimpl(tryfirst=True)  # before xdist reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests on the shared stack stay on one worker, those with a browser on another one with a stack of its own: only
    these two wait for its start, and neither takes as long as all the rest. The longest tests begin first, lest the
    last one leave the other workers idle.

    A worker has one browser, and what speaks to it one event loop."""
    for item in items:
        asked_for = item.fixturenames if isinstance(item, pytest.Function) else ()
        if "shared_stack" in asked_for:
            group = "pages" if "open_screen" in asked_for else "stack"
            item.add_marker(pytest.mark.xdist_group(group))
        if "open_screen" in asked_for:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
    items.sort(key=_seconds_asked_for, reverse=True)


def _seconds_asked_for(item: pytest.Item) -> float:
    """By a time limit of the test's own: who has one takes long."""
    mark = item.get_closest_marker("timeout")
    return float(mark.args[0]) if mark else 0.0


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failure shows what the processes of its test said last, and what those of its stack complained of."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
        of_test = getattr(item, "funcargs", {})
        folder, stack = of_test.get("tmp_path"), of_test.get("shared_stack")
        for log in sorted(folder.rglob("*.log")) if folder is not None else ():
            said = log.read_text(errors="replace")[-LOG_SHOWN_MAX:]
            report.sections.append((f"end of {log.relative_to(folder)}", said))
        for log in sorted(stack.places.folder.glob("*.log")) if stack is not None else ():
            lines = log.read_text(errors="replace").splitlines(keepends=True)
            complaints = "".join(line for line in lines if '"level": "INFO"' not in line)
            report.sections.append((f"complaints in {log.name}", complaints[-LOG_SHOWN_MAX:]))
    return report


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


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_stack(
    tmp_path_factory: pytest.TempPathFactory,
    postgres: PostgresEndpoint,
    rabbitmq: RabbitmqEndpoint,
    s3: S3Endpoint,
) -> AsyncIterator["Stack"]:
    """One stack for all: its start takes ten seconds; people and projects are each test's own."""
    from autocrea.testkit.stack import running_stack  # what it imports is not for every test run

    folder = tmp_path_factory.mktemp("stack")
    async with running_stack(folder, postgres=postgres, rabbitmq=rabbitmq, s3=s3) as stack:
        yield stack


@pytest.fixture
async def stack(shared_stack: "Stack") -> AsyncIterator["Stack"]:
    """The shared stack; whatever a test killed in it runs again afterwards, and the checker finds nothing."""
    yield shared_stack
    await shared_stack.restart(*(name for name, one in shared_stack.processes.items() if not one.alive))
    await shared_stack.ready()
    assert await shared_stack.checker.findings() == []
