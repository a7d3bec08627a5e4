"""One answer's way to its client: sends, counts bytes, waits, and notices when the client leaves."""

import asyncio
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from starlette.types import Receive, Send


class ClientLeft(Exception):
    """The client closed its connection before the answer's end."""


class Connection:
    """Use as an async context: inside it the disconnect of the client is watched."""

    def __init__(self, receive: Receive, send: Send, headers: Mapping[str, str]) -> None:
        self._receive = receive
        self._send = send
        self._headers = headers  # of every answer
        self._gone = asyncio.Event()
        self._watch: asyncio.Task[None] | None = None
        self.bytes_sent = 0

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
        """Sends a part of the body; raises `ClientLeft`."""
        await self._checked({"type": "http.response.body", "body": body, "more_body": more})
        self.bytes_sent += len(body)

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

    async def _checked(self, message: dict[str, object]) -> None:
        if self._gone.is_set():
            raise ClientLeft
        await self._send(message)

    async def _wait_for_disconnect(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._gone.set()
