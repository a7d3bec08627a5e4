"""A TCP proxy on loopback that a test can cut, refuse and freeze: the network's faults, at the test's word."""

import asyncio
import contextlib

CHUNK_BYTES = 65_536


class TcpProxy:
    """Forwards connections to one address. `async with TcpProxy(host, port) as proxy: … proxy.port …`"""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._server: asyncio.Server | None = None
        self._connections: dict[asyncio.StreamWriter, asyncio.StreamWriter | None] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._refusing = False
        self.port = 0

    async def __aenter__(self) -> "TcpProxy":
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def open_connections(self) -> int:
        """How many connections from clients are open now."""
        return len(self._connections)

    def cut(self) -> None:
        """Break every open connection at once (RST where the kernel allows)."""
        for client, target in self._connections.items():
            client.transport.abort()
            if target is not None:
                target.transport.abort()

    def refuse(self, refusing: bool = True) -> None:
        """Close new connections as soon as they are made, until told otherwise."""
        self._refusing = refusing

    def freeze(self, frozen: bool = True) -> None:
        """Hold every byte back in both directions, until told otherwise; nothing is lost."""
        if frozen:
            self._flowing.clear()
        else:
            self._flowing.set()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._forward(reader, writer)
        finally:
            self._tasks.discard(task)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refusing:
            writer.transport.abort()
            return
        self._connections[writer] = (
            None  # from here on `cut` means it, also while the target is being reached
        )
        up_writer = None
        try:
            up_reader, up_writer = await asyncio.open_connection(*self._target)
            self._connections[writer] = up_writer
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pump(reader, up_writer))
                group.create_task(self._pump(up_reader, writer))
        except OSError:
            pass  # nobody is there: the client is told by the end of its connection
        finally:
            del self._connections[writer]
            writer.transport.abort()
            if up_writer is not None:
                up_writer.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK_BYTES):
                await self._flowing.wait()
                writer.write(data)
                await writer.drain()
        with contextlib.suppress(OSError):
            writer.close()
