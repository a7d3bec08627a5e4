"""One person's requests wait for one another and never for those of somebody else; too many are refused."""

import asyncio
from dataclasses import replace
from importlib import import_module
from inspect import iscoroutinefunction
from pkgutil import iter_modules
from typing import Any

import pytest
from autocrea.contracts.ids import UserId
from autocrea.gateway import entrypoints
from autocrea.gateway.adapters.request_limits import RequestLimits
from autocrea.gateway.entrypoints import admission
from autocrea.gateway.entrypoints.turns import (
    AT_ONCE_MAX,
    OF_A_PAGE,
    REST_SECONDS,
    RETRY_SECONDS,
    WAITING_MAX,
    TakingTurns,
    Turns,
    turn_of,
)
from autocrea.testkit.waiting import eventually
from starlette.types import Receive, Scope, Send

ADA, BRUNO = UserId("user_ada"), UserId("user_bruno")


async def _line(turns: Turns, user_id: UserId, count: int) -> list["asyncio.Task[None]"]:
    tasks = [asyncio.create_task(turns.take(user_id)) for _ in range(count)]
    await asyncio.wait(tasks, timeout=0)
    return tasks


def _taken(tasks: list["asyncio.Task[None]"]) -> list[bool]:
    return [task.done() for task in tasks]


async def test_requests_are_answered_in_the_order_of_coming_when_one_person_sends_many() -> None:
    turns = Turns()
    flood = await _line(turns, ADA, AT_ONCE_MAX + 3)
    assert _taken(flood) == [True] * AT_ONCE_MAX + [False] * 3
    turns.give_back(ADA)
    await flood[AT_ONCE_MAX]
    assert _taken(flood) == [True] * (AT_ONCE_MAX + 1) + [False] * 2
    for task in flood:
        task.cancel()


async def test_nobody_waits_when_somebody_else_floods() -> None:
    turns = Turns()
    flood = await _line(turns, ADA, AT_ONCE_MAX + WAITING_MAX)
    async with asyncio.timeout(5):
        await turns.take(BRUNO)
    for task in flood:
        task.cancel()


async def test_a_person_is_told_to_come_back_when_their_line_is_too_long() -> None:
    turns = Turns()
    flood = await _line(turns, ADA, AT_ONCE_MAX + WAITING_MAX)
    assert await turns.take(ADA) == RETRY_SECONDS
    for task in flood:
        task.cancel()
    await asyncio.gather(*flood, return_exceptions=True)
    for _ in range(AT_ONCE_MAX):
        turns.give_back(ADA)
    assert await turns.take(ADA) is None


async def test_one_at_a_time_is_answered_and_then_none_for_a_while_when_more_wait_than_a_page_asks_for() -> (
    None
):
    turns, loop = Turns(), asyncio.get_running_loop()
    flood = await _line(turns, ADA, AT_ONCE_MAX + OF_A_PAGE + 2)
    given_back = loop.time()
    for _ in range(AT_ONCE_MAX):
        turns.give_back(ADA)
    await asyncio.wait(flood, timeout=0)
    assert sum(_taken(flood)) == AT_ONCE_MAX
    await flood[AT_ONCE_MAX]
    assert loop.time() - given_back >= REST_SECONDS * 0.9
    assert sum(_taken(flood)) == AT_ONCE_MAX + 1  # two turns came back, and one was given
    turns.give_back(ADA)
    await flood[AT_ONCE_MAX + 1]
    assert sum(_taken(flood)) == AT_ONCE_MAX + 3  # no more than a page is waiting now
    for task in flood:
        task.cancel()


async def test_a_turn_is_given_to_the_next_when_whoever_was_first_left() -> None:
    turns = Turns()
    first, second, left, late, last = await _line(turns, ADA, 5)
    await asyncio.gather(first, second)
    left.cancel()
    turns.give_back(ADA)  # before the one who left has noticed
    late.cancel()  # its turn has come in this moment
    await asyncio.wait([left, late, last], timeout=5)
    assert left.cancelled()
    assert late.cancelled()
    assert last.done()
    turns.give_back(ADA)
    turns.give_back(ADA)
    assert _taken(await _line(turns, ADA, AT_ONCE_MAX + 1)) == [True] * AT_ONCE_MAX + [False]


@pytest.mark.parametrize("end", ["answers", "streams", "breaks"])
async def test_the_turn_is_free_again_when_a_request_ends_or_its_answer_begins(end: str) -> None:
    begun, goes_on = 0, asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal begun
        await turn_of(scope).take(ADA)
        begun += 1
        if end == "breaks":
            raise RuntimeError
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if end == "streams":
            await goes_on.wait()

    async def nothing(*_: Any) -> Any:
        return None

    layer, many = TakingTurns(app), AT_ONCE_MAX * 5
    requests = [asyncio.create_task(layer({"type": "http"}, nothing, nothing)) for _ in range(many)]
    await eventually(lambda: begun == many, what="everybody had a turn")
    goes_on.set()
    await asyncio.gather(*requests, return_exceptions=True)


def _limit(stack: Any, per_user: int, per_address: int) -> None:
    limits = RequestLimits(per_user=per_user, per_address=per_address, redis_url=None)
    stack.service.routes[-1].app.state.gateway = replace(stack.gateway, request_limits=limits)


async def test_a_person_is_told_when_to_come_back_when_they_ask_too_often(stack: Any) -> None:
    _limit(stack, per_user=3, per_address=1_000)
    answers = await asyncio.gather(*(stack.get("/api/projects") for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [429] * 7
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.json()["code"] == "too_many_requests"
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert (await stack.get("/api/projects", "user_bruno")).status_code == 200


async def test_nothing_but_the_token_is_looked_at_when_its_owner_was_told_to_come_back(stack: Any) -> None:
    _limit(stack, per_user=3, per_address=1_000)
    token = stack.headers()
    for _ in range(3):
        assert (await stack.http.get("/api/me", headers=token)).status_code == 200
    refused = await stack.http.get("/api/me", headers=token)
    _limit(stack, per_user=1_000, per_address=1_000)  # whoever is looked at is served
    again = await stack.http.get("/api/quote", headers=token)
    assert (refused.status_code, again.status_code) == (429, 429)
    assert again.json()["code"] == "too_many_requests"
    assert 0 < int(again.headers["retry-after"]) <= int(refused.headers["retry-after"])


def test_a_token_is_looked_at_again_when_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(admission.time, "monotonic", lambda: now)
    refusals, ada = admission.Refusals(), {"headers": [(b"host", b"x"), (b"authorization", b"Bearer a")]}
    refusals.remember(ada, 3)
    assert refusals.seconds_left(ada) == 3
    assert refusals.seconds_left({"headers": [(b"authorization", b"Bearer b")]}) is None
    assert refusals.seconds_left({"headers": []}) is None
    now = 102.5
    assert refusals.seconds_left(ada) == 1
    now = 103.0
    assert refusals.seconds_left(ada) is None


def test_those_told_first_are_forgotten_when_too_many_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "REMEMBERED_MAX", 2)
    refusals = admission.Refusals()
    scopes = [{"headers": [(b"authorization", b"Bearer %d" % number)]} for number in range(3)]
    for scope in scopes:
        refusals.remember(scope, 60)
    assert [refusals.seconds_left(scope) for scope in scopes] == [None, 60, 60]


async def test_refusals_keep_their_pace_when_a_flood_has_many_connections() -> None:
    refusals, started = admission.Refusals(), asyncio.get_running_loop().time()
    async with asyncio.timeout(10):
        await asyncio.gather(*(refusals.hesitate() for _ in range(admission.REFUSALS_A_SECOND)))
    assert asyncio.get_running_loop().time() - started > 0.5


async def test_an_address_is_told_when_to_come_back_when_it_asks_too_often(stack: Any) -> None:
    _limit(stack, per_user=1_000, per_address=3)
    answers = await asyncio.gather(*(stack.http.get("/api/quote") for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [429] * 7
    assert (await stack.http.get("/health")).status_code == 200


def test_no_request_waits_for_a_thread_when_what_it_needs_is_gathered() -> None:
    """FastAPI sends plain functions to threads, of which there are forty for everybody: a flood would hold them all."""
    modules = [
        import_module(f"{entrypoints.__name__}.{one.name}") for one in iter_modules(entrypoints.__path__)
    ]
    routers = [module.router for module in modules if hasattr(module, "router")]
    waiting = [route.dependant for router in routers for route in router.routes]
    assert len(waiting) > 20
    while waiting:
        dependant = waiting.pop()
        call = dependant.call
        assert call is None or iscoroutinefunction(call) or iscoroutinefunction(type(call).__call__), call
        waiting += dependant.dependencies
