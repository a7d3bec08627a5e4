"""A line to the S3 server on which a test lets puts go wrong; everything else passes."""

import asyncio
import contextlib
from enum import Enum
from types import TracebackType
from typing import Self

CHUNK_BYTES = 65_536
CUT_AFTER_BYTES = 1_500  # of the body: the store has begun to take an archive of some ten thousand
SLOW_CHUNK_BYTES = 1_024
SLOW_PAUSE_SECONDS = 0.1
_ERROR_BODY = b"<Error><Code>InternalError</Code><Message>We encountered an internal error.</Message></Error>"
ERROR = (
    b"HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/xml\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%b" % (len(_ERROR_BODY), _ERROR_BODY)
)


class Fault(Enum):
    """What becomes of a put."""

    ERROR = "answered with 500"
    CUT = "cut in the middle"
    SLOW = "slow"


class S3Line:
    """`async with S3Line(endpoint.port) as line:` and `line.url` instead of the store's own."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._server: asyncio.Server | None = None
        self._calls: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._fault: Fault | None = None
        self.met = 0
        self.url = ""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        await self._hang_up()

    async def break_with(self, fault: Fault | None) -> None:
        """From here on puts go wrong like this, or well again. `met` counts the puts that did, from zero."""
        self._fault, self.met = fault, 0
        await self._hang_up()  # a connection that is kept open would not be looked at

    async def _hang_up(self) -> None:
        calls = dict(self._calls)
        for writer in calls.values():
            writer.transport.abort()
        await asyncio.gather(*calls)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._calls[task] = writer
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await self._serve(reader, writer)
        finally:
            del self._calls[task]
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        fault = self._fault if head.startswith(b"PUT ") else None
        if fault is not None:
            self.met += 1
        if fault is Fault.ERROR:
            writer.write(ERROR)
            await writer.drain()
            writer.close()
            await writer.wait_closed()
            return
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self._target)
        try:
            up_writer.write(head)
            upwards = asyncio.create_task(_pump(reader, up_writer, fault))
            downwards = asyncio.create_task(_pump(up_reader, writer, None))
            try:
                await asyncio.wait([upwards, downwards], return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (upwards, downwards):
                    task.cancel()
                await asyncio.gather(upwards, downwards, return_exceptions=True)
        finally:
            up_writer.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, fault: Fault | None) -> None:
    size = CHUNK_BYTES if fault is None else SLOW_CHUNK_BYTES
    passed = 0
    while data := await reader.read(size):
        writer.write(data)
        await writer.drain()
        passed += len(data)
        if fault is Fault.CUT and passed > CUT_AFTER_BYTES:
            return
        if fault is Fault.SLOW:
            await asyncio.sleep(SLOW_PAUSE_SECONDS)
