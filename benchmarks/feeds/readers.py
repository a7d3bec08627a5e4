"""Thousands of readers in one process: each opens its stream, notes when each id came, and comes back when it is cut.

Reads a plan from its input, one JSON object: `host`, `port`, `streams` (path, token, until: the id after which it has
all). Writes `open` when every stream is, and at the end one JSON array: of each stream its ids in the order
in which they came, each with the moment, and when it was opened last.

At the beginning they come by the hundred; whoever was cut comes back when it likes, all of them at once.
"""

import asyncio
import json
import random
import resource
import sys
import time
from contextlib import nullcontext
from typing import Any

OPENING_AT_A_TIME = 100
CHUNK_BYTES = 16 * 1024
RECONNECT_SECONDS = 0.5


class Reader:
    """One stream, over as many connections as it takes."""

    def __init__(self, path: str, token: str, until: int) -> None:
        self.path = path
        self.until = until
        self.came: list[tuple[int, float]] = []
        self.connections = 0
        self.refusals = 0
        self.opened_at = 0.0
        self.opened = asyncio.Event()
        self._token = token

    @property
    def done(self) -> bool:
        return bool(self.came) and self.came[-1][0] >= self.until

    async def follow(self, host: str, port: int, opening: asyncio.Semaphore) -> None:
        while not self.done:
            try:
                async with nullcontext() if self.opened.is_set() else opening:
                    reader, writer = await self._open(host, port)
                try:
                    await self._read(reader)
                finally:
                    writer.close()
            except (OSError, asyncio.IncompleteReadError):
                await asyncio.sleep(RECONNECT_SECONDS * random.uniform(1, 3))

    async def _open(self, host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection(host, port, limit=CHUNK_BYTES)
        try:
            writer.write(self._request())
            head = await reader.readuntil(b"\r\n\r\n")
            if b" 200 " not in head.partition(b"\r\n")[0]:
                self.refusals += 1
                raise ConnectionRefusedError(head)
        except BaseException:
            writer.close()
            raise
        self.connections += 1
        self.opened_at = time.time()
        self.opened.set()
        return reader, writer

    def _request(self) -> bytes:
        after = f"Last-Event-ID: {self.came[-1][0]}\r\n" if self.came else ""
        head = f"GET {self.path} HTTP/1.1\r\nHost: benchmark\r\nAuthorization: Bearer {self._token}\r\n{after}\r\n"
        return head.encode()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        rest = b""
        while not self.done and (read := await reader.read(CHUNK_BYTES)):
            *lines, rest = (rest + read).split(b"\n")
            now = time.time()
            for line in lines:
                if line.startswith(b"id: "):
                    self.came.append((int(line[4:]), now))


async def main() -> None:
    plan: dict[str, Any] = json.loads(sys.stdin.readline())
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    opening = asyncio.Semaphore(OPENING_AT_A_TIME)
    readers = [Reader(one["path"], one["token"], one["until"]) for one in plan["streams"]]
    following = [asyncio.create_task(one.follow(plan["host"], plan["port"], opening)) for one in readers]
    await asyncio.gather(*(one.opened.wait() for one in readers))
    print("open", flush=True)
    await asyncio.gather(*following)
    names = ("path", "connections", "refusals", "opened_at", "came")
    found = [{name: getattr(one, name) for name in names} for one in readers]
    print(json.dumps(found), flush=True)


asyncio.run(main())
