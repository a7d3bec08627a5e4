"""Folders for real parts. The unpacked RabbitMQ is kept in the workspace's cache: fetched once, not once a
test."""

import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from autocrea.cli.parts import S3, Postgres, RabbitMQ
from autocrea.cli.stack.state import find_state

sys.path.insert(0, str(Path(__file__).parent / "support"))

MakePostgres = Callable[..., Postgres]
MakeRabbitMQ = Callable[..., RabbitMQ]
MakeS3 = Callable[..., S3]


@pytest.fixture
async def parts_to_stop() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


@pytest.fixture
def postgres(tmp_path: Path, parts_to_stop: AsyncExitStack) -> MakePostgres:
    def make(**settings: object) -> Postgres:
        part = Postgres(tmp_path / "postgres", durable=False, **settings)  # type: ignore[arg-type]
        parts_to_stop.push_async_callback(part.stop)
        return part

    return make


@pytest.fixture
def rabbitmq(tmp_path: Path, parts_to_stop: AsyncExitStack) -> MakeRabbitMQ:
    def make(**settings: object) -> RabbitMQ:
        part = RabbitMQ(tmp_path / "rabbitmq", cache=find_state().cache, **settings)  # type: ignore[arg-type]
        parts_to_stop.push_async_callback(part.stop)
        return part

    return make


@pytest.fixture
def s3(tmp_path: Path, parts_to_stop: AsyncExitStack) -> MakeS3:
    def make(**settings: object) -> S3:
        part = S3(tmp_path / "s3", **settings)  # type: ignore[arg-type]
        parts_to_stop.push_async_callback(part.stop)
        return part

    return make
