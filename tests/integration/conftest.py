"""One stack for all tests of a worker: its start costs ten seconds; people and projects are each test's own."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from autocrea.cli.parts import PostgresEndpoint, RabbitmqEndpoint, S3Endpoint
from autocrea.testkit.stack import Stack, running_stack


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_stack(
    tmp_path_factory: pytest.TempPathFactory,
    postgres: PostgresEndpoint,
    rabbitmq: RabbitmqEndpoint,
    s3: S3Endpoint,
) -> AsyncIterator[Stack]:
    """The worker's stack."""
    folder = tmp_path_factory.mktemp("stack")
    async with running_stack(folder, postgres=postgres, rabbitmq=rabbitmq, s3=s3) as stack:
        yield stack


@pytest.fixture
async def stack(shared_stack: Stack) -> AsyncIterator[Stack]:
    """The worker's stack; whatever a test killed in it runs again afterwards, and the checker finds nothing."""
    yield shared_stack
    await shared_stack.restart(*(name for name, one in shared_stack.processes.items() if not one.alive))
    await shared_stack.ready()
    assert await shared_stack.checker.findings() == []
