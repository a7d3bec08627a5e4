"""Playing a script over a connection, streamed or at once, at its pace; what was sent goes into the log's entry."""

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from autocrea.simulators.answering.connection import Connection, Cut, Dropped
from autocrea.simulators.answering.events import Framer
from autocrea.simulators.answering.pace import Pace
from autocrea.simulators.answering.script import Script, Turn
from autocrea.simulators.answering.usage import CHARS_PER_TOKEN, counted, miscounted
from autocrea.simulators.answering.wire import Answer, Asked, Ending, Event, Json, Wire
from autocrea.simulators.control.effect import Effect
from autocrea.simulators.control.log import Entry

# Providers send about this many chunks a second; more would only cost both ends CPU.
PIECES_PER_SECOND = 25
# Without a pace: few pieces, yet more than one, so that a reader's joints are still exercised.
PIECE_CHARS_UNPACED = 2048
THOUGHT = "Let me think about this. "
THOUGHT_SECONDS = 0.1

EVENT_STREAM = {"content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache"}
JSON_TYPE = {"content-type": "application/json"}


@dataclass(slots=True)
class Performance:
    """One answer on its way out. `failure` is the error that the effect puts into the stream."""

    connection: Connection
    wire: Wire
    asked: Asked
    script: Script
    effect: Effect
    entry: Entry
    failure: Event
    answer: Answer = field(init=False)
    framer: Framer = field(init=False)
    thought: str = ""

    def __post_init__(self) -> None:
        self.answer = self.wire.answer(self.asked)
        self.framer = Framer(self.effect.framing)

    async def streamed(self) -> None:
        """Sends the answer as server-sent events; raises `ClientLeft` or `Dropped`."""
        await self.connection.start(200, EVENT_STREAM)
        await self._write(self.answer.opening(self._usage("")))
        await self._hold(self.effect.first_token_delay_seconds)
        await self._think()
        pace = Pace(self.script.rate)
        for end, piece in self._pieces():
            await self.connection.pause(pace.until(end))
            await self._send(piece, end)
            if await self._turned(end):
                return
        events = self.answer.closing(self._ending(), self._usage(self.script.text))
        await self._write(events[:-1] if "no_end" in self.effect.framing else events)
        await self.connection.write(b"", more=False)
        self.entry.end("finished")

    async def whole(self) -> None:
        """Sends the answer in one piece after the time it takes to write; positions are bytes of that piece."""
        await self.connection.pause(self.effect.first_token_delay_seconds)
        if self.effect.think_seconds:
            await self.connection.pause(self.effect.think_seconds)
            self._thought()
        await self.connection.pause(Pace(self.script.rate).until(len(self.script.text)))
        told = self.answer.whole(self.script.text, self._ending(), self._usage(self.script.text))
        body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
        for at, turn in self.script.turns:
            if turn in (Turn.STALL, Turn.DROP):
                self.connection.cut = Cut(at, self._drop if turn is Turn.DROP else self._stall)
        await self.connection.start(200, JSON_TYPE | {"content-length": str(len(body))})
        await self.connection.write(body, more=False)
        self.entry.end("finished")

    def cut_by_bytes(self) -> None:
        """Sets up what shall happen after so many bytes of the body, and how it is cut into writes."""
        effect = self.effect
        self.connection.bytes_per_write = effect.bytes_per_write
        if effect.drop_after_bytes is not None:
            self.connection.cut = Cut(effect.drop_after_bytes, self._drop)
        if effect.stall_after_bytes is not None:
            self.connection.cut = Cut(effect.stall_after_bytes, self._stall)

    def _pieces(self) -> Iterator[tuple[int, str]]:
        """The text in pieces, each with the position of its end; a turn is always at an end."""
        text, size = self.script.text, PIECE_CHARS_UNPACED
        if self.script.rate:
            size = max(CHARS_PER_TOKEN, int(self.script.rate * CHARS_PER_TOKEN / PIECES_PER_SECOND))
        ends = set(range(size, len(text), size)) | {len(text)} | {at for at, _ in self.script.turns}
        start = 0
        for end in sorted(ends):
            yield end, text[start:end]
            start = end

    async def _send(self, piece: str, end: int) -> None:
        if piece and self.effect.drop_in_character and (end, Turn.DROP) in self.script.turns:
            raw = b"".join(self.framer.framed(event) for event in self.answer.piece(piece))
            await self.connection.write(raw[: raw.rindex(piece[-1].encode()) + 1])
        elif piece:
            await self._write(self.answer.piece(piece))
        self._usage(self.script.text[:end])

    async def _turned(self, position: int) -> bool:
        """Does what happens at this position; says whether that was the end."""
        for turn in (turn for at, turn in self.script.turns if at == position):
            match turn:
                case Turn.STALL:
                    await self._hold(self.effect.stall_seconds)
                case Turn.BAD_JSON:
                    *before, event = self.answer.piece("…")
                    await self._write(before)
                    await self.connection.write(self.framer.broken(event))
                case Turn.DROP:
                    await self._drop()
                case Turn.ERROR:
                    await self.connection.write(self.framer.framed(self.failure), more=False)
                    self.entry.end("failed")
                    return True
        return False

    async def _think(self) -> None:
        end = time.monotonic() + self.effect.think_seconds
        while time.monotonic() < end:
            await self._write(self._thought())
            await self.connection.pause(THOUGHT_SECONDS)

    def _thought(self) -> list[Event]:
        self.thought += THOUGHT
        return self.answer.thought(THOUGHT)

    async def _hold(self, seconds: float | None) -> None:
        """Says nothing for so long (for ever when None), or nothing but keep-alives."""
        every = self.effect.keep_alive_seconds
        if every is None:
            await self.connection.pause(seconds)
            return
        end = None if seconds is None else time.monotonic() + seconds
        while end is None or time.monotonic() < end:
            await self.connection.pause(every)
            await self._write([self.answer.keep_alive()])

    async def _stall(self) -> None:
        """Silence in the middle of an event: nothing can be said there."""
        await self.connection.pause(self.effect.stall_seconds)

    async def _drop(self) -> None:
        raise Dropped

    async def _write(self, events: Iterable[Event]) -> None:
        for event in events:
            await self.connection.write(self.framer.framed(event))

    def _ending(self) -> Ending:
        word = self.effect.finish_reason or self.wire.stop_reason(self.script.stop)
        self.entry.finish_reason = word
        return Ending(self.script.stop, word)

    def _usage(self, written: str) -> Json | None:
        """What the answer tells of its usage; the log gets the same, where that can be counted with."""
        usage, kind = counted(self.asked.messages, written, self.thought, self.effect), self.effect.usage
        told = miscounted(usage.shown(), kind)
        sane = all(isinstance(count, int) and count >= 0 for count in told.values())
        self.entry.usage = told if sane else usage.shown()
        if self.effect.omit_usage or not self.asked.wants_usage:
            return None
        return dict(miscounted(self.wire.usage(usage), kind))
