"""What several routes read from a request: the language, a page's cursor, the idempotency key."""

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from autocrea.contracts.internal import ErrorBody
from autocrea.gateway.domain.languages import choose_language
from autocrea.gateway.domain.problems import Language
from autocrea.gateway.domain.views import Position
from autocrea.gateway.handlers.refusals import refused
from fastapi import Depends, Header, Query

PAGE_MAX = 100  # rows of a list, each with its prompt, stay under a few MiB
PAGE_DEFAULT = 20
CURSOR_CHARACTERS_MAX = 200

V = TypeVar("V")


def get_language(accept_language: Annotated[str | None, Header()] = None) -> Language:
    """Spanish unless the caller prefers English."""
    return choose_language(accept_language)


Spoken = Annotated[Language, Depends(get_language)]
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX, description="How many at most.")]
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


def read_cursor(
    cursor: Annotated[
        str | None, Query(max_length=CURSOR_CHARACTERS_MAX, description="`next_cursor` of the page before.")
    ] = None,
) -> Position | None:
    """Where the page before ended; raises `Refused` for a cursor that was never given out."""
    if cursor is None:
        return None
    try:
        moment, _, identifier = base64.urlsafe_b64decode(cursor.encode()).decode().partition(" ")
        position = Position(datetime.fromisoformat(moment), UUID(identifier))
    except (ValueError, binascii.Error) as error:
        raise refused("invalid_request", problems="cursor") from error
    if position.created_at.tzinfo is None:
        raise refused("invalid_request", problems="cursor")
    return position


Cursor = Annotated[Position | None, Depends(read_cursor)]


def next_cursor(rows: Sequence[V], limit: int, position: Position | None) -> str | None:
    """What to ask for next; none when the page was not full."""
    if len(rows) < limit or position is None:
        return None
    text = f"{position.created_at.isoformat()} {position.id}"
    return base64.urlsafe_b64encode(text.encode()).decode()


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """How a route documents the errors that are its own; 401, 422, 429 and 503 are everybody's."""
    everybodys = (401, 422, 503)
    return {status: {"model": ErrorBody} for status in sorted({*statuses, *everybodys})}
