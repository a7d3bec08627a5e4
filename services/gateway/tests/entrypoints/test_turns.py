"""One person's requests wait for one another and never for those of somebody else; too many are refused."""

import asyncio
from dataclasses import replace
from importlib import import_module
from inspect import iscoroutinefunction
from pkgutil import iter_modules
from typing import Any

import pytest
from autocrea.chassis.errors import Refused
from autocrea.contracts.ids import UserId
from autocrea.gateway import entrypoints
from autocrea.gateway.adapters.request_limits import RequestLimits
from autocrea.gateway.entrypoints.turns import AT_ONCE_MAX, WAITING_MAX, TakingTurns, Turns, turn_of
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
    with pytest.raises(Refused, match="too_many_requests"):
        await turns.take(ADA)
    for task in flood:
        task.cancel()
    await asyncio.gather(*flood, return_exceptions=True)
    for _ in range(AT_ONCE_MAX):
        turns.give_back(ADA)
    await turns.take(ADA)


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
