"""Erasure of stored messages: a deletion's handler adds `jobs`, and they blank what outbox and dead letters hold.

The service's own tables are its own handler's business.

A deletion is crossed by messages that are written at the same time or later (a model's answer on its way, the end of a
run). So the same is done again, the last time when the outbox has forgotten everything of that day.
"""

import json
import logging
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

from autocrea.chassis.database import Database, columns
from autocrea.chassis.handlers import Connection, Job, NewJob, NothingToDecide
from autocrea.chassis.registry import Registry
from autocrea.contracts.envelope import InvalidEnvelope
from autocrea.contracts.erasure import erase_texts
from pydantic import JsonValue

KIND = "erase_texts"
PASSES = (timedelta(0), timedelta(minutes=5), timedelta(hours=1), timedelta(hours=26))
"""At once; when what was on its way has come; after the longest run; after the outbox's day."""
OUTBOX_ROWS_MAX = 8  # 16 MiB at the largest body
LETTERS_MAX = 100

_MESSAGES: LiteralString = """
SELECT seq, body FROM outbox WHERE correlation_id = ANY($1::text[]) AND seq > $2 ORDER BY seq LIMIT $3"""
_BLANK_MESSAGES: LiteralString = """
UPDATE outbox SET body = b.body FROM unnest($1::bigint[], $2::bytea[]) AS b (seq, body) WHERE outbox.seq = b.seq"""
# Letters are few, and one that could not be decoded names its generation nowhere but in its body.
_LETTERS: LiteralString = """
SELECT id, source, body, reason FROM dead_letters
WHERE id > $2 AND EXISTS (SELECT FROM unnest($1::text[]) AS g (id) WHERE position(convert_to(g.id, 'UTF8') IN body) > 0)
ORDER BY id LIMIT $3"""
_BLANK_LETTERS: LiteralString = """
UPDATE dead_letters SET body = b.body, reason = b.reason, traceback = ''
FROM unnest($1::uuid[], $2::bytea[], $3::text[]) AS b (id, body, reason) WHERE dead_letters.id = b.id"""

log = logging.getLogger(__name__)


def jobs(subject: str, generation_ids: Sequence[UUID], now: datetime) -> tuple[NewJob, ...]:
    """What a handler adds for a deletion, named by `subject`."""
    if not generation_ids:
        return ()
    payload = {"generation_ids": [str(generation_id) for generation_id in generation_ids]}
    return tuple(
        NewJob(KIND, f"{subject}:{number}", due_at=now + after if after else None, payload=payload)
        for number, after in enumerate(PASSES, start=1)
    )


def register(registry: Registry[Any, Any], database: Database) -> None:
    """Every service runs these jobs."""

    async def run(job: Job) -> None:
        await erase(database, job.payload["generation_ids"])

    registry.work(KIND, run, NothingToDecide(), concurrency=1, lease_seconds=120, attempts_max=5)


async def erase(database: Database, generation_ids: Collection[str]) -> None:
    """Blank the texts in everything stored here that was sent or given up of these generations."""
    names = sorted(generation_ids)
    seq, rows = 0, OUTBOX_ROWS_MAX
    while rows == OUTBOX_ROWS_MAX:
        async with database.transaction() as connection:
            found = await connection.fetch(_MESSAGES, names, seq, OUTBOX_ROWS_MAX)
            await _blank_messages(connection, [(row["seq"], row["body"]) for row in found])
        rows, seq = len(found), found[-1]["seq"] if found else seq
    last, letters = UUID(int=0), LETTERS_MAX
    while letters == LETTERS_MAX:
        async with database.transaction() as connection:
            found = await connection.fetch(_LETTERS, names, last, LETTERS_MAX)
            blank = [
                (row["id"], _letter_body(row["source"], row["body"]), _kind(row["reason"])) for row in found
            ]
            await connection.execute(_BLANK_LETTERS, *columns(blank, 3))
        letters, last = len(found), found[-1]["id"] if found else last


async def _blank_messages(connection: Connection, stored: Sequence[tuple[int, bytes]]) -> None:
    blank = [(seq, after) for seq, body in stored if (after := erase_texts(body)) != body]
    if blank:
        await connection.execute(_BLANK_MESSAGES, *columns(blank, 2))


def _letter_body(source: str, body: bytes) -> bytes:
    """A letter still says what it was. A job's payload goes as a whole: its handler takes what has none as gone.

    But one of nothing but ids stays, or a deletion that was given up could not be replayed.
    """
    if source != "job":
        try:
            return erase_texts(body)
        except InvalidEnvelope:  # which is why it is a letter
            return b""
    stored = json.loads(body)
    if _are_ids(stored["payload"]):
        return body
    return json.dumps({**stored, "payload": {}}, ensure_ascii=False, sort_keys=True).encode()


def _are_ids(payload: JsonValue) -> bool:
    """Whether there is no word in it."""
    match payload:
        case dict():
            return all(_are_ids(each) for each in payload.values())
        case list():
            return all(_are_ids(each) for each in payload)
        case str():
            try:
                return str(UUID(payload)) == payload
            except ValueError:
                return False
        case _:
            return True


def _kind(reason: str) -> str:
    """What went wrong without the words: an error may quote what it choked on."""
    return reason.partition(":")[0]
