"""Live feeds over real sockets: every event once and in order, wherever a reader was cut off."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from autocrea.gateway.adapters.feed_pages import FeedPages
from autocrea.testkit.waiting import eventually


@dataclass(frozen=True)
class Event:
    id: str | None
    name: str
    data: Any


async def events_of(response: httpx.Response) -> AsyncIterator[Event]:
    """Parse a stream as the HTML standard says."""
    fields: dict[str, str] = {}
    async for line in response.aiter_lines():
        if line.startswith(":"):
            continue
        if line:
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
        elif "data" in fields:
            yield Event(fields.get("id"), fields.get("event", "message"), json.loads(fields["data"]))
            fields = {}
        else:
            fields = {}


async def read(stack: Any, path: str, *, after: int | None = None, take: int | None = None) -> list[Event]:
    """Read a stream to its end, or so many events of it."""
    headers = stack.headers() | ({"Last-Event-ID": str(after)} if after is not None else {})
    found: list[Event] = []
    async with stack.http.stream("GET", path, headers=headers) as response:
        assert response.status_code == 200, await response.aread()
        assert response.headers["content-type"].startswith("text/event-stream")
        async with contextlib.aclosing(events_of(response)) as events:
            async for event in events:
                found.append(event)
                if take is not None and len(found) == take:
                    break
    return found


@pytest.fixture
async def told(stack: Any, history: Any) -> Any:
    """A generation of Ada's whose history is complete."""
    history.generation_id = UUID((await stack.generate())["generation_id"])
    return history.started().step(0).step(1, repairs=1).step(2).completed()


def path_of(history: Any) -> str:
    return f"/api/generations/{history.generation_id}/events"


async def test_every_event_is_sent_in_order_and_the_stream_ends_when_the_generation_has(
    stack: Any, told: Any
) -> None:
    await stack.tell(*told.events)
    events = await read(stack, path_of(told))
    assert [event.id for event in events] == [str(n) for n in range(1, len(told.events) + 1)]
    assert [event.name for event in events] == [event.type.split(".")[1] for event in told.events]
    assert [event.data for event in events] == [
        event.model_dump(mode="json", by_alias=True) for event in told.events
    ]
    assert events[-1].name == "generation_completed"


async def test_resumed_stream_equals_the_uncut_one_wherever_it_was_cut(stack: Any, told: Any) -> None:
    await stack.tell(*told.events)
    uncut = await read(stack, path_of(told))
    for cut in range(1, len(uncut)):
        first = await read(stack, path_of(told), take=cut)
        rest = await read(stack, path_of(told), after=int(first[-1].id or ""))
        assert first + rest == uncut
    everything = await stack.get(path_of(told), headers={"Last-Event-ID": str(len(uncut))})
    assert everything.status_code == 204


async def test_reader_sees_no_gap_when_events_come_late_and_in_disorder(stack: Any, told: Any) -> None:
    reading = asyncio.create_task(read(stack, path_of(told)))
    shuffled = [*told.events[1::2], *told.events[::2], *told.events]
    for start in range(0, len(shuffled), 4):  # four batches at a time, as four replicas would run them
        await asyncio.gather(*(stack.tell(event) for event in shuffled[start : start + 4]))
    events = await asyncio.wait_for(reading, 20)
    assert [event.id for event in events] == [str(n) for n in range(1, len(told.events) + 1)]


async def test_events_are_kept_when_their_generation_is_not_known(stack: Any, history: Any) -> None:
    await stack.tell(*history.started().step(0).events)
    [row] = await stack.fetch("SELECT count(*) AS kept FROM feed_events WHERE stream LIKE 'generation:%'")
    assert row["kept"] == len(history.events)
    assert await stack.fetch("SELECT 1 FROM dead_letters") == []
    assert (await stack.get(path_of(history))).status_code == 404


async def test_stream_goes_on_when_a_retry_was_asked_for(stack: Any, history: Any) -> None:
    history.generation_id = UUID((await stack.generate())["generation_id"])
    await stack.tell(*history.started().step(0).failed_step(1).failed().events)
    seen = await read(stack, path_of(history))
    assert seen[-1].name == "generation_failed"
    assert (await stack.post(f"/api/generations/{history.generation_id}/retry")).status_code == 202
    reading = asyncio.create_task(read(stack, path_of(history), after=len(seen)))
    count = len(history.events)
    history.started(run=2, reused=1).step(1, run=2).step(2, run=2).completed(run=2)
    await stack.tell(*history.events[count:])
    rest = await asyncio.wait_for(reading, 20)
    assert [event.id for event in seen + rest] == [str(n) for n in range(1, len(history.events) + 1)]
    assert rest[-1].name == "generation_completed"


async def test_reader_is_served_when_a_wake_up_was_lost(stack: Any, told: Any) -> None:
    await stack.tell(told.events[0])
    found: list[Event] = []

    async def follow() -> None:
        async with stack.http.stream("GET", path_of(told), headers=stack.headers()) as response:
            async for event in events_of(response):
                found.append(event)  # noqa: PERF401  one by one is the point

    following = asyncio.create_task(follow())
    await eventually(lambda: len(found) == 1)
    # Events stored by another way than a batch: nobody was told.
    await stack.fetch(
        """WITH e AS (INSERT INTO feed_events (stream, sequence, message_id, type, time, data)
           VALUES ($1, 2, NULL, 'orchestrator.step_started.v1', now(), '{}'))
           UPDATE generations SET projected_sequence = 2 WHERE generation_id = $2""",
        f"generation:{told.generation_id}",
        told.generation_id,
    )
    reread = stack.gateway.viewers.reread(FeedPages(stack.service.database).positions)
    rereading = asyncio.create_task(reread)
    await eventually(lambda: len(found) == 2)
    rereading.cancel()
    following.cancel()


async def test_account_feed_starts_with_a_snapshot_and_resumes_by_id(stack: Any, told: Any) -> None:
    await stack.tell(stack.balance(100))
    [snapshot] = await read(stack, "/api/events", take=1)
    assert snapshot.name == "snapshot"
    assert snapshot.data["balance"]["available"] == 100
    assert [each["status"] for each in snapshot.data["generations"]] == ["queued"]

    following = asyncio.create_task(read(stack, "/api/events", after=int(snapshot.id or ""), take=3))
    await stack.tell(*told.events, stack.balance(85, version=2))
    events = await asyncio.wait_for(following, 20)
    assert [event.name for event in events] == ["generation_changed", "generation_changed", "balance_changed"]
    assert [event.data.get("status") for event in events[:2]] == ["running", "completed"]
    assert events[2].data["available"] == 85
    assert [int(event.id or "") for event in events] == [int(snapshot.id or "") + n for n in (1, 2, 3)]


async def test_account_feed_starts_afresh_when_what_was_asked_for_is_gone(stack: Any) -> None:
    for version in range(1, 6):
        await stack.tell(stack.balance(100 - version, version=version))
    await stack.fetch("DELETE FROM feed_events WHERE stream = 'user:user_ada' AND sequence <= 3")
    [first] = await read(stack, "/api/events", after=1, take=1)
    assert (first.name, first.id) == ("snapshot", "5")
    [kept] = await read(stack, "/api/events", after=4, take=1)
    assert (kept.name, kept.id) == ("balance_changed", "5")
    [beyond] = await read(stack, "/api/events", after=999, take=1)
    assert (beyond.name, beyond.id) == ("snapshot", "5")


async def test_old_balance_changes_nothing_when_it_comes_late(stack: Any) -> None:
    await stack.tell(stack.balance(70, version=3))
    await stack.tell(stack.balance(100, version=2))
    assert (await stack.get("/api/tokens/balance")).json()["available"] == 70


async def test_streams_are_refused_when_one_person_opens_too_many(stack: Any, told: Any) -> None:
    async with contextlib.AsyncExitStack() as exits:
        for _ in range(20):
            opened = stack.http.stream("GET", path_of(told), headers=stack.headers())
            response = await exits.enter_async_context(opened)
            assert response.status_code == 200
        refused = await stack.get(path_of(told))
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_streams")
        other = await stack.http.get("/api/me", headers=stack.headers("user_bruno"))
        assert other.status_code == 200
    await eventually(lambda: not stack.gateway.viewers.streams(), what="every watch has ended")


async def test_event_is_kept_and_shown_when_a_model_wrote_a_nul(stack: Any, told: Any) -> None:
    told.events[2] = told.events[2].model_copy(update={"summary": "nul \x00 aquí"})
    await stack.tell(*told.events)
    events = await read(stack, path_of(told))
    assert events[2].data["summary"] == "nul � aquí"
    assert len(events) == len(told.events)
