"""One answer's way to its client: sends, counts bytes, waits, cuts where told to, notices a client that leaves."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from starlette.types import Receive, Send


class ClientLeft(Exception):
    """The client closed its connection before the answer's end."""


class Dropped(Exception):
    """A rule cuts the connection here."""


@dataclass(frozen=True, slots=True)
class Cut:
    """After so many bytes of the body something happens: `then` waits, or raises `Dropped`."""

    after_bytes: int
    then: Callable[[], Awaitable[None]]


class Connection:
    """Use as an async context: inside it the disconnect of the client is watched."""

    def __init__(self, receive: Receive, send: Send, headers: Mapping[str, str]) -> None:
        self._receive = receive
        self._send = send
        self._headers = headers  # of every answer
        self._gone = asyncio.Event()
        self._watch: asyncio.Task[None] | None = None
        self.bytes_sent = 0
        self.cut: Cut | None = None
        self.bytes_per_write: int | None = None

    async def __aenter__(self) -> Self:
        self._watch = asyncio.create_task(self._wait_for_disconnect())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)

    async def start(self, status: int, headers: Mapping[str, str]) -> None:
        """Sends the status line and the headers."""
        named = {**headers, **self._headers}
        raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in named.items()]
        await self._checked({"type": "http.response.start", "status": status, "headers": raw})

    async def write(self, body: bytes, *, more: bool = True) -> None:
        """Sends a part of the body; raises `ClientLeft`, and `Dropped` where it is cut."""
        if self.cut is not None and self.bytes_sent + len(body) >= self.cut.after_bytes:
            cut, self.cut = self.cut, None
            head = cut.after_bytes - self.bytes_sent
            await self._write(body[:head])
            await cut.then()
            body = body[head:]
        await self._write(body)
        if not more:
            await self._checked({"type": "http.response.body", "body": b"", "more_body": False})

    async def pause(self, seconds: float | None) -> None:
        """Waits (for ever when None); raises `ClientLeft` as soon as the client goes."""
        if seconds is not None and seconds <= 0:
            await asyncio.sleep(0)
        else:
            try:
                await asyncio.wait_for(self._gone.wait(), seconds)
            except TimeoutError:
                return
        if self._gone.is_set():
            raise ClientLeft

    async def _write(self, body: bytes) -> None:
        size = self.bytes_per_write or max(len(body), 1)
        for start in range(0, len(body), size):
            part = body[start : start + size]
            await self._checked({"type": "http.response.body", "body": part, "more_body": True})
            self.bytes_sent += len(part)
            if self.bytes_per_write:
                await asyncio.sleep(0)  # the next part is a packet of its own

    async def _checked(self, message: dict[str, object]) -> None:
        if self._gone.is_set():
            raise ClientLeft
        await self._send(message)

    async def _wait_for_disconnect(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._gone.set()
