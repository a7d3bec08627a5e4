"""What could not be handled because of a bug: recorded whole, then replayed or discarded by a person."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import NAMESPACE_OID, UUID, uuid5

from autocrea.chassis import operator_actions
from autocrea.chassis.errors import Refused
from autocrea.chassis.handlers import Connection, Job, OperatorAction
from autocrea.chassis.metrics import DEAD_LETTERS

Source = Literal["inbox", "queue", "job"]

LIST_MAX = 200

_RECORD = """
INSERT INTO dead_letters (id, source, type, message_id, subject, body, reason, traceback)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING"""
_LIST = """
SELECT id, source, type, message_id, subject, reason, created_at, resolved_at, resolution,
    count(*) OVER ()::int AS found
FROM dead_letters WHERE resolved_at IS NULL OR $1 ORDER BY created_at DESC LIMIT $2"""
_SHOW = "SELECT * FROM dead_letters WHERE id = $1"
_RESOLVE = """
UPDATE dead_letters SET resolved_at = now(), resolution = $2, resolved_by = $3, resolved_why = $4
WHERE id = $1 AND resolved_at IS NULL RETURNING type"""
_RESOLUTION = "SELECT resolution FROM dead_letters WHERE id = $1"


class Closed(Refused):
    """The letter was resolved before: by an operator who was faster, or by this one's earlier request."""

    def __init__(self, id_: UUID, resolution: str) -> None:
        super().__init__("already_resolved", f"dead letter {id_} was {resolution} already")


@dataclass(frozen=True, slots=True)
class Replay:
    """Who handles a dead letter again and why; the letter is resolved in the transaction that does so."""

    id: UUID
    who: str
    why: str


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One thing given up, about to be recorded. Its id follows from its body: recorded twice, it is there once."""

    source: Source
    type: str
    message_id: UUID | None
    subject: str | None
    body: bytes
    reason: str
    traceback: str

    @property
    def id(self) -> UUID:
        return uuid5(NAMESPACE_OID, f"{self.source}:{self.type}:{self.message_id}:{self.body.hex()}")


def of_job(job: Job, reason: str, traceback: str) -> DeadLetter:
    """A job as a dead letter; its body is the row as JSON. The lease token makes each giving-up one of its own."""
    body = {"kind": job.kind, "key": job.key, "payload": job.payload, "fair_key": job.fair_key}
    encoded = json.dumps(body, ensure_ascii=False, sort_keys=True).encode()
    return DeadLetter("job", job.kind, job.lease_token, job.key, encoded, reason, traceback)


async def record(connection: Connection, letters: Sequence[DeadLetter]) -> None:
    """Store dead letters in the transaction that gives the items up."""
    if not letters:
        return
    await connection.executemany(_RECORD, [_row(letter) for letter in letters])
    for letter in letters:
        DEAD_LETTERS.labels(letter.type).inc()


def _row(letter: DeadLetter) -> tuple[Any, ...]:
    subject = None if letter.subject is None else _storable(letter.subject)
    told = (_storable(letter.reason), _storable(letter.traceback))
    return (letter.id, letter.source, _storable(letter.type), letter.message_id, subject, letter.body, *told)


def _storable(text: str) -> str:
    """The text as a column can hold it: what made a message fail must not keep its letter from being recorded."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")


async def newest(
    connection: Connection, *, include_resolved: bool = False
) -> tuple[list[dict[str, Any]], int]:
    """The newest dead letters without bodies, at most `LIST_MAX`: those that wait for a person, or all.

    Also how many older ones are left out.
    """
    letters = [dict(row) for row in await connection.fetch(_LIST, include_resolved, LIST_MAX)]
    found = [letter.pop("found") for letter in letters]
    return letters, max(found, default=0) - len(letters)


async def show(connection: Connection, id_: UUID) -> dict[str, Any]:
    """One dead letter whole; raises `Refused(not_found)`."""
    row = await connection.fetchrow(_SHOW, id_)
    if row is None:
        raise _unknown(id_)
    found = dict(row)
    found["body"] = found["body"].decode("utf-8", errors="replace")
    return found


async def mark_replayed(connection: Connection, replay: Replay) -> None:
    """Close a letter in the transaction that handles it again; raises `Closed`, `Refused(not_found)`."""
    await _resolve(connection, replay.id, "replayed", "replay_dead_letter", who=replay.who, why=replay.why)


async def discard(connection: Connection, id_: UUID, *, who: str, why: str) -> None:
    """Close a letter without handling it, in a transaction; raises `Closed`, `Refused(not_found)`."""
    await _resolve(connection, id_, "discarded", "discard_dead_letter", who=who, why=why)


async def _resolve(
    connection: Connection, id_: UUID, resolution: str, action: str, *, who: str, why: str
) -> None:
    type_ = await connection.fetchval(_RESOLVE, id_, resolution, who, why)
    if type_ is None:
        earlier = await connection.fetchval(_RESOLUTION, id_)
        raise _unknown(id_) if earlier is None else Closed(id_, earlier)
    deed = OperatorAction(who, action, str(id_), why, {"type": type_})
    await operator_actions.record(connection, [deed])


def _unknown(id_: UUID) -> Refused:
    return Refused("not_found", f"there is no dead letter {id_}", status=404)
