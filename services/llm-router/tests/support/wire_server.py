"""A server of raw bytes for what no well-behaved one does: it plays scripts and remembers what it was sent."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

STREAM_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


class Abort:
    """Cut the connection without a word."""


@dataclass
class Pause:
    """Wait until the test says so, or until the client has gone."""

    over: asyncio.Event = field(default_factory=asyncio.Event)


Script = list[bytes | Abort | Pause]


@dataclass
class Seen:
    """One request."""

    head: str
    body: Any
    left: asyncio.Event = field(default_factory=asyncio.Event)  # the client closed before the script's end

    def header(self, name: str) -> str | None:
        for line in self.head.split("\r\n")[1:]:
            key, _, value = line.partition(":")
            if key.strip().lower() == name.lower():
                return value.strip()
        return None


class WireServer:
    """Plays `scripts` one request after the other, the last one for ever."""

    def __init__(self) -> None:
        self.scripts: list[Script] = []
        self.seen: list[Seen] = []
        self.connections = 0
        self.url = ""

    def play(self, *scripts: Script) -> None:
        self.scripts = list(scripts)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                length = next(
                    line for line in head.lower().split("\r\n") if line.startswith("content-length:")
                )
                seen = Seen(head, json.loads(await reader.readexactly(int(length.split(":")[1]))))
                self.seen.append(seen)
                script = self.scripts[min(len(self.seen), len(self.scripts)) - 1]
                for action in script:
                    if isinstance(action, Abort):
                        writer.transport.abort()
                        return
                    if isinstance(action, Pause):
                        await _either(action.over.wait(), reader.read(1))
                        if not action.over.is_set():
                            seen.left.set()
                            return
                        continue
                    writer.write(action)
                    await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()


async def _either(*waits: Awaitable[Any]) -> None:
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def wire_server() -> AsyncIterator[WireServer]:
    """The server, listening on loopback."""
    played = WireServer()
    server = await asyncio.start_server(played.serve, "127.0.0.1", 0)
    played.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield played
    finally:
        server.close()


def plain(status: int, body: bytes, *headers: str, content_type: str = "application/json") -> bytes:
    """A whole answer."""
    lines = [
        f"HTTP/1.1 {status} X",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body)}",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def chunked(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def event(value: Any) -> bytes:
    """One server-sent event, as a chunk of the body."""
    text = value if isinstance(value, str) else json.dumps(value)
    return chunked(f"data: {text}\n\n".encode())


END = b"0\r\n\r\n"
KEEP_ALIVE = chunked(b": still here\n\n")
