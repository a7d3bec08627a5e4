"""Live feeds as server-sent events: what happened, in order, resumable by id; progress passes through without one.

A stream ends when nothing can come any more, when the reader stops reading, or before the service stops; in the last
two cases the reader comes back with its last id and misses nothing.
"""

import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager
from typing import Annotated, TypeVar
from uuid import UUID

from autocrea.chassis.errors import Unavailable
from autocrea.contracts.ids import GenerationId
from autocrea.gateway.domain.feed import event_name
from autocrea.gateway.domain.identity import Identity
from autocrea.gateway.domain.read_model import generation_stream, user_stream
from autocrea.gateway.entrypoints.authentication import Caller, Wired
from autocrea.gateway.entrypoints.bodies import BalanceBody
from autocrea.gateway.entrypoints.feed_bodies import AccountEvent, GenerationEvent
from autocrea.gateway.entrypoints.generations import own_view
from autocrea.gateway.entrypoints.openapi import EVENT_STREAM
from autocrea.gateway.entrypoints.requests import errors
from autocrea.gateway.ports import Gateway, Watch
from fastapi import APIRouter, Header, Response
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.types import Receive, Scope, Send

LINES_MAX = 100  # events read at a time: a reader that catches up holds no more than these
PING_SECONDS = 15  # under the idle limits of proxies (60 s and up) with room for a lost one
SEND_TIMEOUT_SECONDS = 30  # a reader that takes nothing for this long is gone
RECONNECT_MS = 2_000
SNAPSHOT_GENERATIONS = 20
PROGRESS_EVENT = "step_progressed"

LastEventId = Annotated[
    int | None,
    Header(
        alias="Last-Event-ID", ge=0, le=2**62, description="The last id you got: the feed goes on after it."
    ),
]

T = TypeVar("T")

log = logging.getLogger(__name__)
router = APIRouter(tags=["feeds"])


class EventStream(Response):
    """Names the media type in the document; what is sent is sse-starlette's."""

    media_type = EVENT_STREAM


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
    """Events 1..n without a gap, ids are their sequence; the last one ends the stream."""
    generation = (await own_view(gateway, caller, generation_id)).generation
    after = last_event_id or 0
    page = await gateway.feeds.read_generation(generation.generation_id, after, LINES_MAX)
    if page.ended and after >= page.position > 0:
        return Response(status_code=204)
    watching = gateway.viewers.watch(caller.user_id, generation_stream(generation.generation_id))
    return _FeedResponse(
        watching, lambda watch: _generation_events(gateway, watch, generation.generation_id, after)
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
    """`snapshot` first, then what changes: balance, generations, purchases, projects, as it comes and without end."""
    watching = gateway.viewers.watch(caller.user_id, user_stream(caller.user_id))
    return _FeedResponse(watching, lambda watch: _account_events(gateway, watch, caller, last_event_id))


class _FeedResponse(Response):
    """Watches exactly as long as it is being sent; a watch that is refused is still an ordinary error."""

    def __init__(
        self,
        watching: AbstractContextManager[Watch],
        events: Callable[[Watch], AsyncIterator[ServerSentEvent]],
    ) -> None:
        super().__init__()
        self._watching = watching
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._watching as watch:
            stream = EventSourceResponse(
                self._events(watch), ping=PING_SECONDS, send_timeout=SEND_TIMEOUT_SECONDS
            )
            await stream(scope, receive, send)


async def _generation_events(
    gateway: Gateway, watch: Watch, generation_id: GenerationId, after: int
) -> AsyncIterator[ServerSentEvent]:
    yield ServerSentEvent(comment="autocrea", retry=RECONNECT_MS)
    grown = True
    while not gateway.viewers.stopping:
        if grown:
            page = await _read(gateway.feeds.read_generation(generation_id, after, LINES_MAX))
            if page is None:
                return
            for line in page.lines:
                yield _event(line.sequence, line.type, line.data)
                after = line.sequence
            watch.at(after)
            if page.ended and after >= page.position:
                return
            if len(page.lines) == LINES_MAX:
                continue
        for progress in watch.take_progress():
            yield ServerSentEvent(event=PROGRESS_EVENT, data=progress)
        grown = await watch.wait()


async def _account_events(
    gateway: Gateway, watch: Watch, caller: Identity, after: int | None
) -> AsyncIterator[ServerSentEvent]:
    yield ServerSentEvent(comment="autocrea", retry=RECONNECT_MS)
    while not gateway.viewers.stopping:
        page = await _read(gateway.feeds.read_user(caller.user_id, after, LINES_MAX))
        if page is None:
            return
        if after is None or page.gap:
            snapshot = await _read(_snapshot(gateway, caller, page.position))
            if snapshot is None:
                return
            after = page.position
            yield snapshot
        else:
            for line in page.lines:
                yield _event(line.sequence, line.type, line.data)
                after = line.sequence
        watch.at(after)
        if len(page.lines) < LINES_MAX:
            await watch.wait()


async def _snapshot(gateway: Gateway, caller: Identity, position: int) -> ServerSentEvent:
    """How everything stands, for a reader that knows nothing yet; later events may repeat what it says."""
    balance = await gateway.read_model.get_balance(caller.user_id)
    views = await gateway.read_model.list_generations(
        caller.user_id, project_id=None, limit=SNAPSHOT_GENERATIONS, after=None
    )
    data = {
        "balance": BalanceBody.of(balance).model_dump(mode="json"),
        "generations": [
            {
                "generation_id": str(view.generation.generation_id),
                "project_id": str(view.generation.project_id),
                "run": view.generation.run,
                "status": view.generation.status.value,
                "cancel_requested": view.generation.cancel_requested,
            }
            for view in views
        ],
    }
    return _event(position, "snapshot", json.dumps(data, ensure_ascii=False))


def _event(position: int, type_: str, data: str) -> ServerSentEvent:
    return ServerSentEvent(id=str(position), event=event_name(type_), data=data)


async def _read(reading: Awaitable[T]) -> T | None:
    """What is read, or None while it cannot be had: the stream ends and the reader comes back."""
    try:
        return await reading
    except Unavailable as error:
        log.warning("a stream ends early", extra={"reason": error.what})
        return None
