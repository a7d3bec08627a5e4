"""Live feeds as server-sent events: what happened, in order, resumable by id; progress passes through without one.

A stream ends when nothing can come any more, when the reader stops reading, before the service stops, and when it has
lived long enough. But for the first, the reader comes back with its last id, and a token that is valid then, and misses
nothing: a stream does not end with the token it was opened with.
"""

import asyncio
import json
import logging
import random
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Annotated, TypeVar
from uuid import UUID

from autocrea.chassis.errors import Unavailable
from autocrea.contracts.ids import GenerationId
from autocrea.gateway.domain.identity import Identity
from autocrea.gateway.domain.read_model import generation_stream, user_stream
from autocrea.gateway.entrypoints.authentication import Caller, Wired
from autocrea.gateway.entrypoints.bodies import BalanceBody
from autocrea.gateway.entrypoints.event_stream import HELLO, PING, EventStream, numbered, passing
from autocrea.gateway.entrypoints.feed_bodies import AccountEvent, GenerationEvent, GenerationState, Snapshot
from autocrea.gateway.entrypoints.generations import own_view
from autocrea.gateway.entrypoints.requests import errors
from autocrea.gateway.ports import Gateway, Watch
from fastapi import APIRouter, Header, Response

LINES_MAX = 10  # events read at a time: a reader that catches up, or sleeps, holds no more than these
PING_SECONDS = 15.0  # under the idle limits of proxies (60 s and up) with room for a lost one
LIFE_SECONDS_MAX = 15 * 60.0
"""How much longer than its session a stream may live: who was signed out elsewhere reads on no longer than this."""
SNAPSHOT_GENERATIONS = 20
PROGRESS_EVENT = "step_progressed"
STATUS_EVENT = "service_status"

LastEventId = Annotated[
    int | None,
    Header(
        alias="Last-Event-ID", ge=0, le=2**62, description="The last id you got: the feed goes on after it."
    ),
]

T = TypeVar("T")

log = logging.getLogger(__name__)
router = APIRouter(tags=["feeds"])


@router.get(
    "/generations/{generation_id}/events",
    summary="Follow a generation",
    response_class=EventStream,
    responses={
        **errors("not_found", "too_many_streams"),
        200: {"model": GenerationEvent, "description": "Server-sent events until the last run has ended."},
        204: {"description": "It has ended and you have all of it."},
    },
)
async def follow_generation(
    generation_id: UUID, gateway: Wired, caller: Caller, last_event_id: LastEventId = None
) -> Response:
    """Events 1..n without a gap, ids are their sequence; the last one ends the stream.

    A stream that ends before that is to be opened again, with `Last-Event-ID` and a valid token.
    """
    generation = (await own_view(gateway, caller, generation_id)).generation
    after = last_event_id or 0
    page = await gateway.feeds.read_generation(generation.generation_id, after, LINES_MAX)
    if page.ended and after >= page.position > 0:
        return Response(status_code=204)
    watching = _watching(gateway, caller, generation_stream(generation.generation_id))
    return EventStream(
        watching, lambda watch: _generation_chunks(gateway, watch, generation.generation_id, after)
    )


@router.get(
    "/events",
    summary="Follow your account",
    response_class=EventStream,
    responses={
        **errors("too_many_streams"),
        200: {"model": AccountEvent, "description": "Server-sent events, without end."},
    },
)
async def follow_account(gateway: Wired, caller: Caller, last_event_id: LastEventId = None) -> Response:
    """`snapshot` first, then what changes: balance, generations, purchases, projects, as it comes and without end.

    `service_status` says, without an id, at the beginning and whenever it changes, whether new generations are taken
    and which models answer. A stream that ends is to be opened again, with `Last-Event-ID` and a valid token.
    """
    watching = _watching(gateway, caller, user_stream(caller.user_id))
    return EventStream(watching, lambda watch: _account_chunks(gateway, watch, caller, last_event_id))


@asynccontextmanager
async def _watching(gateway: Gateway, caller: Identity, stream: str) -> AsyncIterator[Watch]:
    """In a place of the caller's; raises `Refused` where there is none."""
    async with gateway.stream_places.taken(caller.user_id):
        with gateway.viewers.watch(caller.user_id, stream) as watch:
            yield watch


async def _generation_chunks(
    gateway: Gateway, watch: Watch, generation_id: GenerationId, after: int
) -> AsyncGenerator[bytes, None]:
    yield HELLO
    until = _end_of_life()
    while watch.open and asyncio.get_running_loop().time() < until:
        if watch.take_grown():
            page = await _read(gateway.feeds.read_generation(generation_id, after, LINES_MAX))
            if page is None:
                return
            for line in page.lines:
                yield numbered(line.sequence, line.type, line.data)
                after = line.sequence
            watch.at(after)
            if page.ended and after >= page.position:
                return
            if len(page.lines) == LINES_MAX:
                watch.wake()
        for progress in watch.take_progress():
            yield passing(PROGRESS_EVENT, progress)
        if not await watch.wait(PING_SECONDS):
            yield PING


async def _account_chunks(
    gateway: Gateway, watch: Watch, caller: Identity, after: int | None
) -> AsyncGenerator[bytes, None]:
    yield HELLO
    until = _end_of_life()
    while watch.open and asyncio.get_running_loop().time() < until:
        if watch.take_grown():
            page = await _read(gateway.feeds.read_user(caller.user_id, after, LINES_MAX))
            if page is None:
                return
            if after is None or page.gap:
                snapshot = await _read(_snapshot(gateway, caller))
                if snapshot is None:
                    return
                after = page.position
                yield numbered(after, "snapshot", snapshot)
            else:
                for line in page.lines:
                    yield numbered(line.sequence, line.type, line.data)
                    after = line.sequence
            watch.at(after)
            if len(page.lines) == LINES_MAX:
                watch.wake()
        status = watch.take_status()
        if status is not None:
            yield passing(STATUS_EVENT, status)
        if not await watch.wait(PING_SECONDS):
            yield PING


def _end_of_life() -> float:
    """On the loop's clock; not the same for all who came at the same moment."""
    return asyncio.get_running_loop().time() + LIFE_SECONDS_MAX * random.uniform(0.8, 1.0)


async def _snapshot(gateway: Gateway, caller: Identity) -> str:
    """How everything stands, for a reader that knows nothing yet; later events may repeat what it says."""
    balance = await gateway.read_model.get_balance(caller.user_id)
    views = await gateway.read_model.list_generations(
        caller.user_id, project_id=None, limit=SNAPSHOT_GENERATIONS, after=None
    )
    snapshot = Snapshot(
        balance=BalanceBody.of(balance), generations=[GenerationState.of(view.generation) for view in views]
    )
    return json.dumps(snapshot.model_dump(mode="json"), ensure_ascii=False)


async def _read(reading: Awaitable[T]) -> T | None:
    """What is read, or None while it cannot be had: the stream ends and the reader comes back."""
    try:
        return await reading
    except Unavailable as error:
        log.warning("a stream ends early", extra={"reason": error.what})
        return None
