"""How archives are sent to the gateway: whole or a range, to a bounded number of readers, none of whom may stop."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import IO

from autocrea.artifacts.adapters.slots import Slots
from autocrea.artifacts.domain.byte_range import ByteRange
from autocrea.artifacts.domain.naming import CONTENT_TYPE
from autocrea.artifacts.ports import ArchiveFile, ObjectMissing, ObjectStore, StoreRefused
from autocrea.chassis.errors import Refused
from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

STALL_SECONDS = 30.0  # a reader who takes nothing for so long has gone, and holds a slot that others wait for
CHUNK_BYTES = 64 * 1024

log = logging.getLogger(__name__)


@contextmanager
def missing_is_not_found() -> Iterator[None]:
    """An object that a row refers to is not there: erased between the look into the table and this one, or lost."""
    try:
        yield
    except ObjectMissing as error:
        log.error("an archive has no object", extra={"key": str(error)})
        raise Refused("not_found", "there is no such archive any more", status=404) from error


class ObjectResponse(Response):
    """An object from the store, which is open only while it is being sent."""

    def __init__(
        self,
        store: ObjectStore,
        key: str,
        size_bytes: int,
        byte_range: ByteRange | None,
        headers: dict[str, str],
    ) -> None:
        super().__init__()
        self._store = store
        self._key = key
        self._size_bytes = size_bytes
        self._range = byte_range
        self._own_headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status, length, headers = 200, self._size_bytes, dict(self._own_headers)
        if self._range is not None:
            status, length = 206, self._range.bytes
            headers["Content-Range"] = self._range.content_range(self._size_bytes)
        with missing_is_not_found():
            async with self._store.read(self._key, self._range) as opened:
                if opened.bytes != length:
                    raise StoreRefused(f"{self._key} has {opened.bytes} bytes where {length} were expected")
                headers["Content-Length"] = str(length)
                response = StreamingResponse(opened.chunks, status, headers, CONTENT_TYPE)
                await _send_to_a_reader(response, scope, receive, send)


class MadeResponse(Response):
    """An archive that is made when its turn has come, and forgotten when it was sent."""

    def __init__(self, slots: Slots, make: Callable[[], Awaitable[ArchiveFile]]) -> None:
        super().__init__()
        self._slots = slots
        self._make = make

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._slots.one():
            archive = await self._make()
            headers = {"Content-Length": str(archive.bytes), "ETag": f'"{archive.sha256}"'}
            with archive.body as body:
                response = StreamingResponse(_pieces(body), headers=headers, media_type=CONTENT_TYPE)
                await _send_to_a_reader(response, scope, receive, send)


class _Stalled(Exception):
    """Of its own kind: Starlette takes a `TimeoutError`, which is an `OSError`, for the end of the connection."""


async def _send_to_a_reader(response: Response, scope: Scope, receive: Receive, send: Send) -> None:
    async def send_in_time(message: Message) -> None:
        try:
            async with asyncio.timeout(STALL_SECONDS):
                await send(message)
        except TimeoutError:
            raise _Stalled from None

    try:
        await response(scope, receive, send_in_time)
    except _Stalled:
        log.info("a reader stopped reading and was dropped", extra={"path": scope["path"]})


def _pieces(body: IO[bytes]) -> Iterator[bytes]:
    while piece := body.read(CHUNK_BYTES):
        yield piece
