"""How long a stream lives, what it costs when nobody reads it, and what everybody is told without asking."""

import asyncio
import contextlib
import json
import socket
import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from autocrea.contracts.llm_router.v1 import ProviderStatusChanged
from autocrea.gateway.entrypoints import event_stream, feeds
from autocrea.testkit.waiting import eventually

ACCOUNT = "/api/events"


class Reader:
    """Follows a feed and keeps what came."""

    def __init__(self, stack: Any, path: str, user: str = "user_ada") -> None:
        self.found: list[tuple[str | None, str, Any]] = []
        self.task = asyncio.create_task(self._follow(stack, path, user))

    async def _follow(self, stack: Any, path: str, user: str) -> None:
        fields: dict[str, str] = {}
        async with stack.http.stream("GET", path, headers=stack.headers(user)) as response:
            async for line in response.aiter_lines():
                if line:
                    name, _, value = line.partition(": ")
                    fields[name] = value
                    continue
                if "data" in fields:
                    self.found.append((fields.get("id"), fields["event"], json.loads(fields["data"])))
                fields = {}

    def of(self, name: str) -> list[Any]:
        return [data for _, event, data in self.found if event == name]


@contextlib.asynccontextmanager
async def following(stack: Any, path: str = ACCOUNT, user: str = "user_ada") -> AsyncIterator[Reader]:
    reader = Reader(stack, path, user)
    try:
        await eventually(lambda: reader.found or reader.task.done(), what="something came")
        yield reader
    finally:
        reader.task.cancel()
        await asyncio.gather(reader.task, return_exceptions=True)


@pytest.fixture
async def telling(stack: Any) -> AsyncIterator[None]:
    """The task that tells the service's status runs."""
    [run] = [run for name, run in stack.service.backgrounds if name == "status"]
    task = asyncio.create_task(run())
    yield
    task.cancel()


async def test_everybody_is_told_when_the_intake_is_paused_and_when_a_model_is_away(
    stack: Any, telling: None
) -> None:
    async with following(stack) as ada, following(stack, user="user_bruno") as bruno:
        for reader in (ada, bruno):
            await eventually(lambda r=reader: r.of("service_status"), what="the status at the beginning")
            assert reader.of("service_status")[-1]["pause"] is None
        await stack.gateway.pauses.pause(reason="mantenimiento hasta las 15:00", who="olga")
        for reader in (ada, bruno):
            await eventually(lambda r=reader: r.of("service_status")[-1]["pause"], what="the pause")
            assert reader.of("service_status")[-1]["pause"]["reason"] == "mantenimiento hasta las 15:00"
            assert "olga" not in str(reader.found)
        await stack.gateway.pauses.resume(who="olga")
        await eventually(lambda: ada.of("service_status")[-1]["pause"] is None, what="the end of it")
        [model, *_] = ada.of("service_status")[-1]["models"]
        away = {"available": False, "simulated": False, "reason": "no answer"}
        for provider in await stack.fetch("SELECT data FROM catalogues WHERE kind = 'provider'"):
            data = {**provider["data"], **away, "revision": provider["data"]["revision"] + 1}
            await stack.tell(ProviderStatusChanged.model_validate(data))
        await eventually(
            lambda: not any(one["available"] for one in ada.of("service_status")[-1]["models"]),
            what="the model is away",
        )
        assert model["available"]
        assert {id_ for id_, event, _ in ada.found if event == "service_status"} == {None}


async def test_stream_outlives_its_token_and_ends_when_it_has_lived_long_enough(
    stack: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "LIFE_SECONDS_MAX", 2.0)
    monkeypatch.setattr(feeds, "PING_SECONDS", 0.1)
    headers = {"Authorization": f"Bearer {stack.issuer.token(exp=int(time.time()) + 1)}"}
    started = asyncio.get_running_loop().time()
    async with stack.http.stream("GET", ACCOUNT, headers=headers) as response:
        assert response.status_code == 200
        text = "".join([text async for text in response.aiter_text()])
    assert 1.5 < asyncio.get_running_loop().time() - started < 10
    assert text.startswith(": autocrea\nretry: 2000\n\nid: ")
    assert text.count(": ping\n\n") > 5


async def test_streams_of_a_person_alone_end_when_they_leave(stack: Any) -> None:
    async with following(stack) as ada, following(stack, user="user_bruno") as bruno:
        answer = await stack.http.delete("/api/me", headers=stack.headers())
        assert answer.status_code == 204
        await asyncio.wait_for(ada.task, 10)
        assert not bruno.task.done()


async def test_streams_end_when_an_access_token_is_taken_back(stack: Any) -> None:
    made = (await stack.post("/api/me/tokens", json={"name": "portátil"})).json()
    async with following(stack) as reader:
        answer = await stack.http.delete(f"/api/me/tokens/{made['token_id']}", headers=stack.headers())
        assert answer.status_code == 204
        await asyncio.wait_for(reader.task, 10)


async def test_reader_who_takes_nothing_is_dropped_and_others_are_served(
    stack: Any, history: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_stream, "SEND_TIMEOUT_SECONDS", 0.5)
    accepted = await stack.generate()
    history.generation_id = UUID(accepted["generation_id"])
    path = f"/api/generations/{accepted['generation_id']}/events"
    host, port = stack.url.removeprefix("http://").split(":")
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect((host, int(port)))
        head = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: {stack.headers()['Authorization']}\r\n\r\n"
        deaf.sendall(head.encode())
        await eventually(lambda: stack.gateway.viewers.streams(), what="it is being served")
        history.started().step(0, repairs=1)
        [repaired] = [event for event in history.events if event.type.endswith("step_attempt_failed.v1")]
        finding = repaired.findings[0].model_copy(update={"sentence": "x" * 50_000})
        # More than the kernel and the server hold for a reader; the others get all of it.
        many = [
            repaired.model_copy(update={"sequence": sequence, "findings": (finding,)})
            for sequence in range(len(history.events) + 1, 250)
        ]
        await stack.tell(*history.events)
        async with following(stack, path) as reader:
            for start in range(0, len(many), 50):
                await stack.tell(*many[start : start + 50])
            await eventually(lambda: len(reader.found) == 249, timeout_seconds=60, what="all of it")
            assert [int(id_ or 0) for id_, _, _ in reader.found] == list(range(1, 250))
        await eventually(lambda: not stack.gateway.viewers.streams(), what="the deaf one was dropped")
