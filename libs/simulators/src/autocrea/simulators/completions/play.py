"""Playing a script over a connection, streamed or at once, at its pace; what was sent goes into the log's entry."""

from collections.abc import Iterator

from autocrea.simulators.completions.chunks import DONE, Shapes
from autocrea.simulators.completions.connection import Connection
from autocrea.simulators.completions.pace import Pace
from autocrea.simulators.completions.request import ChatRequest
from autocrea.simulators.completions.script import Script
from autocrea.simulators.completions.usage import CHARS_PER_TOKEN, counted, usage
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


async def play_streamed(connection: Connection, chat: ChatRequest, script: Script, entry: Entry) -> None:
    """Sends the answer as server-sent events; raises `ClientLeft` or `Dropped`."""
    shapes = Shapes(chat.model)
    with_usage = chat.include_usage and not script.omit_usage
    await connection.start(200, EVENT_STREAM)
    await connection.pause(script.first_token_delay_seconds)
    role = {"role": "assistant", "content": "", "refusal": None}
    await connection.write(shapes.chunk(role, usage_follows=with_usage))
    pace = Pace(script.rate)
    for end, piece in pieces(script):
        await connection.pause(pace.until(end))
        if piece:
            await connection.write(shapes.chunk({"content": piece}, usage_follows=with_usage))
        entry.usage = counted(usage(chat.messages, script.text[:end]))
        await _interrupt(connection, script, end)
    await connection.write(shapes.chunk({}, script.finish_reason, usage_follows=with_usage))
    if with_usage:
        await connection.write(shapes.usage_chunk(usage(chat.messages, script.text)))
    await connection.write(DONE, more=False)


async def play_whole(connection: Connection, chat: ChatRequest, script: Script, entry: Entry) -> None:
    """Sends the answer in one piece after the time it takes to write; raises `ClientLeft` or `Dropped`."""
    await connection.pause(script.first_token_delay_seconds)
    await connection.pause(Pace(script.rate).until(len(script.text)))
    used = usage(chat.messages, script.text)
    entry.usage = counted(used)
    body = Shapes(chat.model).completion(
        script.text, script.finish_reason, None if script.omit_usage else used
    )
    await connection.start(200, JSON_TYPE | {"content-length": str(len(body))})
    cut = min((at for at in (script.stall_at, script.drop_at) if at is not None), default=None)
    if cut is not None:
        await connection.write(body[:cut])
        await _interrupt(connection, script, cut)
    await connection.write(body, more=False)


async def _interrupt(connection: Connection, script: Script, position: int) -> None:
    if script.drop_at is not None and position >= script.drop_at:
        raise Dropped
    if script.stall_at is not None and position >= script.stall_at:
        await connection.pause(None)
