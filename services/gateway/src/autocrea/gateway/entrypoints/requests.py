"""What several routes read from a request: the language, a page's cursor, the idempotency key."""

import base64
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from autocrea.chassis.action_order import ID_MAX, Place
from autocrea.contracts.message import Service
from autocrea.gateway.domain.languages import choose_language
from autocrea.gateway.domain.problems import PROBLEMS, Language
from autocrea.gateway.domain.views import Position
from autocrea.gateway.entrypoints.openapi import error_response
from autocrea.gateway.handlers.refusals import refused
from fastapi import Depends, Header, Query

PAGE_MAX = 100  # rows of a list, each with its prompt, stay under a few MiB
PAGE_DEFAULT = 20
LINES_PAGE_MAX = 500  # of lists whose entries are one line each
LINES_PAGE_DEFAULT = 200
CURSOR_CHARACTERS_MAX = 200
SEARCHABLE = r"^[^\x00]*$"  # PostgreSQL knows no text with a NUL in it, not even to find nothing

V = TypeVar("V")


async def get_language(
    accept_language: Annotated[
        str | None, Header(description="`es` (the default) or `en`: the language of texts and errors.")
    ] = None,
) -> Language:
    """Spanish unless the caller prefers English."""
    return choose_language(accept_language)


Spoken = Annotated[Language, Depends(get_language)]
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX, description="How many at most.")]
LinesLimit = Annotated[int, Query(ge=1, le=LINES_PAGE_MAX, description="How many at most.")]
CursorText = Annotated[
    str | None, Query(max_length=CURSOR_CHARACTERS_MAX, description="`next_cursor` of the page before.")
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=128,
        pattern=r"^[\x21-\x7e]+$",
        description="A name that you choose for this request: sent again, it gets the same answer and does nothing.",
    ),
]


async def read_cursor(cursor: CursorText = None) -> Position | None:
    """Where the page before ended; raises `Refused` for a cursor that was never given out."""
    if cursor is None:
        return None
    moment, identifier = open_cursor(cursor)
    try:
        return Position(_aware(moment), UUID(identifier))
    except ValueError as error:
        raise refused("invalid_request", problems="cursor") from error


async def read_place_cursor(cursor: CursorText = None) -> Place | None:
    """The same for what operators did, in all services."""
    if cursor is None:
        return None
    moment, row = open_cursor(cursor)
    try:
        service, identifier = row.split(" ")
        place = Place(_aware(moment), Service(service), int(identifier))
    except ValueError as error:
        raise refused("invalid_request", problems="cursor") from error
    if not 0 < place.id <= ID_MAX:
        raise refused("invalid_request", problems="cursor")
    return place


def make_place_cursor(place: Place) -> str:
    return make_cursor(place.at.isoformat(), f"{place.service} {place.id}")


def _aware(text: str) -> datetime:
    """A moment that PostgreSQL knows too; raises ValueError."""
    moment = datetime.fromisoformat(text)
    try:
        moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(text) from error
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def open_cursor(cursor: str) -> tuple[str, str]:
    """The two halves of a cursor; raises `Refused` for one that was never given out."""
    try:
        first, space, second = (
            base64.b64decode(cursor.encode(), altchars=b"-_", validate=True).decode().partition(" ")
        )
    except ValueError as error:
        raise refused("invalid_request", problems="cursor") from error
    if not space:
        raise refused("invalid_request", problems="cursor")
    return first, second


def make_cursor(first: object, second: object) -> str:
    """A cursor that means nothing to clients."""
    return base64.urlsafe_b64encode(f"{first} {second}".encode()).decode()


Cursor = Annotated[Position | None, Depends(read_cursor)]
PlaceCursor = Annotated[Place | None, Depends(read_place_cursor)]


def next_cursor(rows: Sequence[V], limit: int, position: Position | None) -> str | None:
    """What to ask for next; none when the page was not full."""
    if len(rows) < limit or position is None:
        return None
    return make_cursor(position.created_at.isoformat(), position.id)


def errors(*codes: str) -> dict[int | str, dict[str, Any]]:
    """How a route documents the codes that are its own; those of every route are added to the document as a whole."""
    statuses = sorted({PROBLEMS[code].status for code in codes})
    return {
        status: error_response([code for code in codes if PROBLEMS[code].status == status])
        for status in statuses
    }
