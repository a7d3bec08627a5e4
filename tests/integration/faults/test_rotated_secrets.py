"""What services, their databases, broker and store know each other by is changed under a load, in any order: no
restart, no failure."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum, auto
from itertools import cycle
from pathlib import Path
from typing import Any

import aio_pika
import asyncpg
import httpx
import pytest
from aio_pika.exceptions import AMQPError
from autocrea.cli.parts import S3, S3Endpoint
from autocrea.contracts.internal import LEDGER_PATH
from autocrea.testkit.load import load_on
from autocrea.testkit.objects import put_object, read_objects
from autocrea.testkit.processes import ServiceProcess
from autocrea.testkit.stack import Stack
from autocrea.testkit.stack_environment import (
    INTERNAL_TOKEN,
    OPERATOR_TOKEN,
    S3_KEY_ID,
    S3_KEY_SECRET,
    SERVICES,
    SIMULATORS,
    Places,
    operator_token,
    prefix_of,
)
from autocrea.testkit.waiting import eventually
from botocore.exceptions import ClientError

GENERATIONS = 4
ARTIFACTS = "artifacts"
CHANGED = "changed"
RETRY_NOW = "UPDATE jobs SET due_at = now() WHERE kind = 'package_generation' RETURNING key"
BETWEEN = (
    ("gateway", "AUTOCREA_GATEWAY_INTERNAL_TOKEN"),
    ("billing", "AUTOCREA_BILLING_GATEWAY_TOKEN"),
    ("artifacts", "AUTOCREA_ARTIFACTS_GATEWAY_TOKEN"),
)
"""Who presents and who accepts the token between services."""


class Order(Enum):
    """What of a rotation comes first, and is in force while the rest is not there."""

    SERVER = auto()
    FILE = auto()
    TORN_FILE = auto()


@dataclass(frozen=True, slots=True)
class Server:
    """Who lets services in by a password, and what its operator does there."""

    variable: str
    url: Callable[[Places, str, str], str]
    set_password: Callable[[Stack, str, str], Awaitable[None]]
    end_connections: Callable[[Stack, str], Awaitable[None]]
    connect: Callable[[str], Awaitable[Any]]
    refused: type[Exception]


async def _alter_role(stack: Stack, service: str, password: str) -> None:
    async with stack.places.administrator() as connection:
        await connection.execute(f"ALTER ROLE \"{stack.places.database(service)}\" PASSWORD '{password}'")


async def _terminate_backends(stack: Stack, service: str) -> None:
    async with stack.places.administrator() as connection:
        statement = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1"
        await connection.execute(statement, stack.places.database(service))


async def _change_user(stack: Stack, service: str, password: str) -> None:
    await asyncio.to_thread(stack.management.set_password, stack.places.broker_user(service), password)


SERVERS = (
    Server(
        "DATABASE_URL",
        Places.database_url,
        _alter_role,
        _terminate_backends,
        asyncpg.connect,
        asyncpg.InvalidPasswordError,
    ),
    Server(
        "BROKER_URL", Places.broker_url, _change_user, Stack.close_connections, aio_pika.connect, AMQPError
    ),
)


async def _ledger_answers(stack: Stack, token: str) -> int:
    async with httpx.AsyncClient(base_url=stack.processes["billing"].url, trust_env=False) as client:
        answer = await client.get(
            LEDGER_PATH.format(user_id="user_nobody"), headers={"Authorization": f"Bearer {token}"}
        )
    return answer.status_code


@pytest.mark.parametrize("server", SERVERS, ids=[server.variable for server in SERVERS])
async def test_all_complete_when_every_password_is_changed_in_any_order(stack: Stack, server: Server) -> None:
    pids = {service: stack.processes[service].pid for service in SERVICES}
    variable = {service: f"{prefix_of(service)}{server.variable}" for service in SERVICES}
    first = {
        service: server.url(stack.places, service, stack.places.password(service)) for service in SERVICES
    }
    changed = {service: server.url(stack.places, service, CHANGED) for service in SERVICES}
    order = dict(zip(SERVICES, cycle(Order), strict=False))
    async with load_on(stack, GENERATIONS) as load:
        await load.in_the_middle()
        for service, begins in order.items():
            if begins is Order.FILE:
                stack.rotate(service, variable[service], changed[service])
            else:
                await server.set_password(stack, service, CHANGED)
            if begins is Order.TORN_FILE:
                stack.tear(service, variable[service], changed[service])
        await asyncio.gather(*(server.end_connections(stack, service) for service in SERVICES))
        await asyncio.gather(*(_waits(stack, service) for service in SERVICES))
        assert load.goes_on()
        for service, began in order.items():
            if began is Order.FILE:
                await server.set_password(stack, service, CHANGED)
            else:
                stack.rotate(service, variable[service], changed[service])
            with pytest.raises(server.refused):
                await server.connect(first[service])
        await load.completes()
    assert {service: stack.processes[service].pid for service in SERVICES} == pids
    for service in SERVICES:
        await server.set_password(stack, service, stack.places.password(service))
        stack.rotate(service, variable[service], first[service])
    await stack.ready()


async def test_archives_are_made_when_the_store_s_key_is_changed(stack: Stack, tmp_path: Path) -> None:
    own = S3(tmp_path / "s3", bucket=stack.places.bucket)
    old = await own.start()
    try:
        _present(stack, old)
        async with stack.with_settings(ARTIFACTS, AWS_S3_ENDPOINT_URL=old.url):
            await _change_the_key(stack, own)
            for key, kept in (await read_objects(own.endpoint_at(old.port), own.bucket)).items():
                await put_object(stack.places.s3, stack.places.bucket, key, kept.body)
            _present(stack, stack.places.s3)
    finally:
        await own.stop()


async def _change_the_key(stack: Stack, own: S3) -> None:
    """Under a load, and with the files of the new one half an outage late, one after the other."""
    old, artifacts = own.endpoint, stack.processes[ARTIFACTS]
    assert old is not None
    async with load_on(stack, GENERATIONS) as load:
        await load.in_the_middle()
        pid, told = artifacts.pid, len(artifacts.log)
        await own.stop()
        for name in ("key-id", "key-secret"):
            (own.folder / name).write_text(f"{name}-{CHANGED}")
        new = await own.start()
        with pytest.raises(ClientError):
            await read_objects(old, own.bucket)
        stack.rotate(ARTIFACTS, S3_KEY_ID, new.access_key_id)
        await eventually(lambda: "does not know our key" in artifacts.log[told:], what="a packaging waits")
        assert load.goes_on()
        stack.rotate(ARTIFACTS, S3_KEY_SECRET, new.secret_access_key)
        await stack.fetch(ARTIFACTS, RETRY_NOW)
        await load.completes()
    assert (artifacts.pid, await artifacts.status("/health/ready")) == (pid, 200)


def _present(stack: Stack, endpoint: S3Endpoint) -> None:
    stack.rotate(ARTIFACTS, S3_KEY_ID, endpoint.access_key_id)
    stack.rotate(ARTIFACTS, S3_KEY_SECRET, endpoint.secret_access_key)


async def _waits(stack: Stack, service: str) -> None:
    """It lives, and says itself that it is not ready."""
    process = stack.processes[service]
    await eventually(lambda: _answers(process, "/health/ready", 503), what=f"{service} is not ready")
    assert await process.status("/health/live") == 200


async def _answers(process: ServiceProcess, path: str, status: int) -> bool:
    return await process.status(path) == status


async def test_nobody_is_refused_when_the_token_between_services_is_changed(stack: Stack) -> None:
    changed = "the-next-token-between-services"
    async with stack.person() as person:
        for old, new in ((INTERNAL_TOKEN, changed), (changed, INTERNAL_TOKEN)):
            for values in (f"{old},{new}", f"{new},{old}", new):
                for service, variable in BETWEEN:
                    stack.rotate(service, variable, values)
                    assert (await person.get("/api/tokens/ledger"))["items"]
            assert (await _ledger_answers(stack, old), await _ledger_answers(stack, new)) == (401, 200)


async def test_people_are_asked_to_wait_while_half_of_a_token_is_in_a_file(stack: Stack) -> None:
    async with stack.person() as person:
        for service, variable in BETWEEN[:2]:
            stack.tear(service, variable, INTERNAL_TOKEN)
            assert (await person.request("GET", "/api/tokens/ledger")).status_code == 503
            stack.rotate(service, variable, INTERNAL_TOKEN)
            assert (await person.get("/api/tokens/ledger"))["items"]


async def test_operators_are_not_refused_when_their_tokens_are_changed(stack: Stack) -> None:
    changed = "the-next-token-of-operators"
    async with httpx.AsyncClient(base_url=stack.processes[SIMULATORS].url, trust_env=False) as issuer:
        token = (await issuer.post("/identity/token", json={"account": "olga"})).json()["token"]
    async with httpx.AsyncClient(
        base_url=stack.url, headers={"Authorization": f"Bearer {token}"}, trust_env=False
    ) as olga:
        for old, new in ((OPERATOR_TOKEN, changed), (changed, OPERATOR_TOKEN)):
            for values in (f"{old},{new}", f"{new},{old}", new):
                for service in SERVICES:
                    stack.rotate(service, operator_token(service), values)
                answer = await olga.get("/api/operations/dead-letters")
                assert (answer.status_code, answer.json()["silent"]) == (200, [])
