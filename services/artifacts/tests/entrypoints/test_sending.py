"""Readers share what sending costs: so many at once, and whoever stops reading is dropped."""

import asyncio
import io
from typing import Any

import pytest
from autocrea.artifacts.adapters.s3 import S3Store
from autocrea.artifacts.adapters.slots import Slots
from autocrea.artifacts.domain.byte_range import ByteRange
from autocrea.artifacts.entrypoints import sending
from autocrea.artifacts.entrypoints.sending import MadeResponse, ObjectResponse
from autocrea.artifacts.ports import ArchiveFile, StoreRefused
from autocrea.chassis.errors import Unavailable
from starlette.types import Message, Scope

SCOPE: Scope = {"type": "http", "method": "GET", "path": "/archive", "headers": []}
CONTENT = b"0123456789" * 1_000
ZIP = "application/zip"


class Reader:
    """At the other end of a connection: takes so many messages, then no more."""

    def __init__(self, messages: int | None = None) -> None:
        self.got: list[Message] = []
        self._left = messages

    async def send(self, message: Message) -> None:
        if self._left == len(self.got):
            await asyncio.Event().wait()
        self.got.append(message)

    async def receive(self) -> Message:
        return await asyncio.Future[Message]()

    @property
    def status(self) -> int:
        return int(self.got[0]["status"])

    @property
    def body(self) -> bytes:
        return b"".join(message["body"] for message in self.got[1:])


async def _make() -> ArchiveFile:
    return ArchiveFile(io.BytesIO(CONTENT), "a" * 64, len(CONTENT))


async def _answer(response: Any, reader: Reader) -> None:
    await response(SCOPE, reader.receive, reader.send)


async def test_the_slot_is_free_again_when_a_reader_stops_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "STALL_SECONDS", 0.05)
    slots, stopped, next_one = Slots(1, wait_seconds=5), Reader(messages=1), Reader()
    first = asyncio.create_task(_answer(MadeResponse(slots, _make), stopped))
    await _answer(MadeResponse(slots, _make), next_one)
    await first
    assert (next_one.status, next_one.body) == (200, CONTENT)
    assert len(stopped.got) == 1


async def test_the_object_is_given_back_when_its_reader_stops_reading(
    monkeypatch: pytest.MonkeyPatch, store: S3Store, prefix: str
) -> None:
    monkeypatch.setattr(sending, "STALL_SECONDS", 0.05)
    await store.put(prefix + "1.zip", io.BytesIO(CONTENT), content_type=ZIP)
    stopped = Reader(messages=1)
    await _answer(ObjectResponse(store, prefix + "1.zip", len(CONTENT), None, {}), stopped)
    assert len(stopped.got) == 1


async def test_whoever_gets_no_turn_is_put_off_when_every_slot_is_taken() -> None:
    slots = Slots(2, wait_seconds=0.05)
    async with slots.one(), slots.one():
        with pytest.raises(Unavailable):
            await _answer(MadeResponse(slots, _make), Reader())
    reader = Reader()
    await _answer(MadeResponse(slots, _make), reader)
    assert reader.body == CONTENT


async def test_nothing_is_sent_when_the_object_is_not_as_long_as_it_was(store: S3Store, prefix: str) -> None:
    """Whoever was promised one hash must not get the bytes of another."""
    await store.put(prefix + "1.zip", io.BytesIO(CONTENT[:-1]), content_type=ZIP)
    for part in (None, ByteRange(5, len(CONTENT) - 1)):
        reader = Reader()
        with pytest.raises(StoreRefused):
            await _answer(ObjectResponse(store, prefix + "1.zip", len(CONTENT), part, {}), reader)
        assert reader.got == []
