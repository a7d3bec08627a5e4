"""Where the tests' servers come from: the environment first, then processes of ours, then containers."""

from collections.abc import AsyncIterator
from pathlib import Path

import aio_pika
import asyncpg
import pytest
from autocrea.cli.parts import PostgresEndpoint, RabbitMQ, S3Endpoint
from autocrea.cli.trouble import Trouble
from autocrea.testkit import servers
from autocrea.testkit.objects import put_object, read_objects
from autocrea.testkit.servers import containers, holder, named
from autocrea.testkit.servers.holder import Endpoint, Server
from autocrea.testkit.servers.run import RUN_VARIABLE, cache_folder
from autocrea.testkit.vhosts import Management, service_password

ELSEWHERE = PostgresEndpoint(5433, "p:a/s@s", host="db.example", user="tester")
WRONG = [
    (named.POSTGRES, named.postgres, "mysql://user:hidden@db.example/"),
    (named.POSTGRES, named.postgres, "postgresql://user@db.example/"),
    (named.RABBITMQ, named.rabbitmq, "http://user:hidden@broker.example/"),
    (named.S3, named.s3, "http://key:hidden@s3.example:9000/"),
]
needs_engine = pytest.mark.skipif(
    not containers.engine_is_there(), reason="this machine names no Docker engine"
)


class Part:
    """A server that starts, or does not."""

    def __init__(self, endpoint: Endpoint | None) -> None:
        self._endpoint = endpoint

    async def start(self) -> Endpoint:
        if self._endpoint is None:
            raise Trouble("rabbitmq_missing", command="install it")
        return self._endpoint

    async def stop(self) -> None:
        return


def test_no_server_is_started_when_the_environment_names_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    monkeypatch.setenv(RUN_VARIABLE, f"1:{folder}")
    monkeypatch.setenv(named.POSTGRES, ELSEWHERE.url())
    monkeypatch.setenv(named.S3, "http://key:se%2Fcret@s3.example:9000/tests")
    assert servers.postgres() == ELSEWHERE
    assert servers.s3() == S3Endpoint(9000, "key", "se/cret", "tests", host="s3.example")
    assert servers.s3().url == "http://s3.example:9000"
    assert not folder.exists()


@pytest.mark.parametrize(("variable", "find", "url"), WRONG, ids=[url for _, _, url in WRONG])
def test_the_variable_is_told_and_no_secret_when_its_url_is_wrong(
    monkeypatch: pytest.MonkeyPatch, variable: str, find: object, url: str
) -> None:
    monkeypatch.setenv(variable, url)
    assert callable(find)
    with pytest.raises(ValueError, match=variable) as refused:
        find()
    assert "hidden" not in str(refused.value)


@pytest.fixture
async def foreign_broker(tmp_path: Path) -> AsyncIterator[RabbitMQ]:
    """A broker that knows nobody but its administrator."""
    broker = RabbitMQ(tmp_path / "rabbitmq", cache=cache_folder().parent / "cache")
    await broker.start()
    yield broker
    await broker.stop()


async def test_the_services_may_enter_when_the_environment_names_a_broker(
    foreign_broker: RabbitMQ, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = foreign_broker.endpoint
    assert endpoint is not None
    monkeypatch.setenv(named.RABBITMQ, endpoint.url())
    monkeypatch.setenv(named.RABBITMQ_MANAGEMENT, endpoint.management_url or "")
    found = servers.rabbitmq()
    assert found == endpoint
    Management(found).create_vhost("tests")
    as_billing = found.url("tests", user="billing", password=service_password("billing"))
    async with await aio_pika.connect(as_billing) as connection:
        await connection.channel()


@pytest.mark.parametrize(
    ("process", "engine", "chosen"),
    [(True, True, "process"), (True, False, "process"), (False, True, "container"), (False, False, None)],
)
async def test_a_container_is_the_last_way_when_a_server_is_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, process: bool, engine: bool, chosen: str | None
) -> None:
    as_process = PostgresEndpoint(1, "process")
    as_container = PostgresEndpoint(2, "container")
    monkeypatch.setattr(holder, "local_part", lambda *_: Part(as_process if process else None))
    monkeypatch.setattr(containers, "engine_is_there", lambda: engine)
    monkeypatch.setattr(containers, "container_of", lambda _: Part(as_container))
    if chosen is None:
        with pytest.raises(Trouble, match="rabbitmq_missing"):
            await holder.start("postgres", tmp_path)
        return
    _, endpoint = await holder.start("postgres", tmp_path)
    assert isinstance(endpoint, PostgresEndpoint)
    assert endpoint.password == chosen


@needs_engine
async def test_postgres_answers_when_it_is_a_container() -> None:
    server, endpoint = await _started("postgres")
    try:
        assert isinstance(endpoint, PostgresEndpoint)
        connection = await asyncpg.connect(endpoint.url())
        assert await connection.fetchval("SELECT 1") == 1
        await connection.close()
    finally:
        await server.stop()


@needs_engine
async def test_the_services_may_enter_when_the_broker_is_a_container() -> None:
    server, endpoint = await _started("rabbitmq")
    try:
        assert not isinstance(endpoint, PostgresEndpoint | S3Endpoint)
        Management(endpoint).create_vhost("tests")
        as_billing = endpoint.url("tests", user="billing", password=service_password("billing"))
        async with await aio_pika.connect(as_billing) as connection:
            await connection.channel()
    finally:
        await server.stop()


@needs_engine
async def test_objects_are_kept_when_the_store_is_a_container() -> None:
    server, endpoint = await _started("s3")
    try:
        assert isinstance(endpoint, S3Endpoint)
        await put_object(endpoint, endpoint.bucket, "one", b"content")
        found = await read_objects(endpoint, endpoint.bucket)
        assert [(key, each.body) for key, each in found.items()] == [("one", b"content")]
    finally:
        await server.stop()


async def _started(name: str) -> tuple[Server, Endpoint]:
    server: Server = containers.container_of(name)
    return server, await server.start()
