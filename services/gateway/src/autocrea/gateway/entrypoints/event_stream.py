"""Server-sent events on the wire: what is sent to many is made once, and a reader costs two tasks and bounded buffers.

A reader that takes nothing for a while is dropped. What was written for it stays with the kernel until it gives the
connection up, as `chassis.web` asks it to.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, aclosing
from functools import lru_cache

from autocrea.gateway.domain.feed import event_name
from autocrea.gateway.ports import Watch
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

SEND_TIMEOUT_SECONDS = 30.0  # a reader that takes nothing for this long is gone
RECONNECT_MS = 2_000
CHUNKS_KEPT = (
    256  # of the events that many get at the same time; 16 MiB of the largest, half a MiB of usual ones
)
HELLO = f": autocrea\nretry: {RECONNECT_MS}\n\n".encode()
PING = b": ping\n\n"
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

log = logging.getLogger(__name__)


@lru_cache(maxsize=CHUNKS_KEPT)
def numbered(position: int, type_: str, data: str) -> bytes:
    """An event that a reader can come back to. `data` is JSON, which has no line breaks."""
    return f"id: {position}\nevent: {event_name(type_)}\ndata: {data}\n\n".encode()


@lru_cache(maxsize=CHUNKS_KEPT)
def passing(name: str, data: str) -> bytes:
    """An event without an id: a reader that comes back goes on after the last one that had one."""
    return f"event: {name}\ndata: {data}\n\n".encode()


class EventStream(Response):
    """Watches exactly as long as it is being sent; a watch that is refused is still an ordinary error."""

    media_type = "text/event-stream"

    def __init__(
        self,
        watching: AbstractAsyncContextManager[Watch],
        chunks: Callable[[Watch], AsyncGenerator[bytes, None]],
        status_code: int = 200,  # where the OpenAPI document reads it from
    ) -> None:
        super().__init__(status_code=status_code, headers=_HEADERS)
        del self.headers["content-length"]
        self._watching = watching
        self._chunks = chunks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        async with self._watching as watch:
            leaving = asyncio.create_task(_leave(receive, watch))
            try:
                await send(
                    {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
                )
                async with aclosing(self._chunks(watch)) as chunks:
                    async for chunk in chunks:
                        await _send(send, chunk, more=True)
                await _send(send, b"", more=False)
            except TimeoutError:
                log.info("a reader stopped reading and was dropped")
            finally:
                leaving.cancel()


async def _send(send: Send, chunk: bytes, *, more: bool) -> None:
    async with asyncio.timeout(SEND_TIMEOUT_SECONDS):
        await send({"type": "http.response.body", "body": chunk, "more_body": more})


async def _leave(receive: Receive, watch: Watch) -> None:
    """End the watch when the reader is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
    watch.end()
