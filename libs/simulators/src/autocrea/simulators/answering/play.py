"""Playing a script over a connection, streamed or at once, at its pace; what was sent goes into the log's entry."""

import json
from collections.abc import Iterable, Iterator

from autocrea.simulators.answering.connection import Connection
from autocrea.simulators.answering.events import encoded
from autocrea.simulators.answering.pace import Pace
from autocrea.simulators.answering.script import Script
from autocrea.simulators.answering.usage import CHARS_PER_TOKEN, counted
from autocrea.simulators.answering.wire import Answer, Asked, Event
from autocrea.simulators.control.log import Entry

# Providers send about this many chunks a second; more would only cost both ends CPU.
PIECES_PER_SECOND = 25
# Without a pace: few pieces, yet more than one, so that a reader's joints are still exercised.
PIECE_CHARS_UNPACED = 2048

EVENT_STREAM = {"content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache"}
JSON_TYPE = {"content-type": "application/json"}


class Dropped(Exception):
    """The rule cuts the connection here."""


def pieces(script: Script) -> Iterator[tuple[int, str]]:
    """The text in pieces, each with the position of its end; stall and drop positions are always an end."""
    size = PIECE_CHARS_UNPACED
    if script.rate:
        size = max(CHARS_PER_TOKEN, int(script.rate * CHARS_PER_TOKEN / PIECES_PER_SECOND))
    ends = set(range(size, len(script.text), size)) | {len(script.text)}
    ends |= {at for at in (script.stall_at, script.drop_at) if at is not None and at < len(script.text)}
    start = 0
    for end in sorted(ends):
        yield end, script.text[start:end]
        start = end


async def play_streamed(
    connection: Connection, asked: Asked, answer: Answer, script: Script, reason: str, entry: Entry
) -> None:
    """Sends the answer as server-sent events; raises `ClientLeft` or `Dropped`."""
    tells_usage = asked.wants_usage and not script.omit_usage
    await connection.start(200, EVENT_STREAM)
    await _write(connection, answer.opening(counted(asked.messages, "") if tells_usage else None))
    await connection.pause(script.first_token_delay_seconds)
    pace = Pace(script.rate)
    for end, piece in pieces(script):
        await connection.pause(pace.until(end))
        if piece:
            await _write(connection, answer.piece(piece))
        entry.usage = counted(asked.messages, script.text[:end]).shown()
        await _interrupt(connection, script, end)
    used = counted(asked.messages, script.text)
    await _write(connection, answer.closing(reason, used if tells_usage else None))
    await connection.write(b"", more=False)


async def play_whole(
    connection: Connection, asked: Asked, answer: Answer, script: Script, reason: str, entry: Entry
) -> None:
    """Sends the answer in one piece after the time it takes to write; raises `ClientLeft` or `Dropped`."""
    await connection.pause(script.first_token_delay_seconds)
    await connection.pause(Pace(script.rate).until(len(script.text)))
    used = counted(asked.messages, script.text)
    entry.usage = used.shown()
    told = answer.whole(script.text, reason, None if script.omit_usage else used)
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    await connection.start(200, JSON_TYPE | {"content-length": str(len(body))})
    cut = min((at for at in (script.stall_at, script.drop_at) if at is not None), default=None)
    if cut is not None:
        await connection.write(body[:cut])
        await _interrupt(connection, script, cut)
    await connection.write(body, more=False)


async def _write(connection: Connection, events: Iterable[Event]) -> None:
    for event in events:
        await connection.write(encoded(event))


async def _interrupt(connection: Connection, script: Script, position: int) -> None:
    if script.drop_at is not None and position >= script.drop_at:
        raise Dropped
    if script.stall_at is not None and position >= script.stall_at:
        await connection.pause(None)
