"""What every wire shares: the connection and its limits, an answer read to its end, what a lost one means.

What is said on a wire is a `Dialect`, in files of its own. Nothing here retries.
"""

import asyncio
import json
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Protocol
from urllib.parse import urlsplit

import aiohttp
import httpx
from autocrea.contracts.vocabulary import CallOutcome
from autocrea.llm_router.adapters.server_sent_events import EventReader, NotAnEventStream
from autocrea.llm_router.adapters.wire_json import Broken
from autocrea.llm_router.domain.answers import Failure
from autocrea.llm_router.ports import CallFailed, Finish, Heard, Request
from httpx_aiohttp import HttpxAiohttpClient
from pydantic import SecretStr

CALL_ID_HEADER = "X-Autocrea-Call-Id"
CONNECT_SECONDS = 5.0  # name, TCP and TLS; whoever takes longer will not stream well either
CONNECTIONS_MAX = 512  # above any number of streams that one process runs
ERROR_BYTES_MAX = 64 * 1024  # of an error body: more is a web page
PLAIN_BYTES_MAX = 8 * 1024 * 1024  # of an answer that is not streamed, JSON escapes included
DRAIN_SECONDS = (
    0.1  # after the last event, for the end of the body: a connection read to its end is used again
)
LOOPBACK = frozenset(("127.0.0.1", "::1", "localhost"))

_TRANSPORT_ERRORS = (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, aiohttp.ClientError, OSError)


class AnswerReader(Protocol):
    """Understands one answer."""

    @property
    def done(self) -> bool:
        """Whether the stream said that nothing more comes."""
        ...

    def event(self, data: str) -> Iterable[Heard]:
        """What one event says. Raises Broken, and CallFailed for an error inside the stream."""
        ...

    def plain(self, body: bytes) -> Iterable[Heard]:
        """What an answer says that came in one piece, `Finish` included. Raises likewise."""
        ...

    def finish(self) -> Finish:
        """The end of the answer. Raises CallFailed when the stream ended before it."""
        ...


class Dialect(Protocol):
    """How one wire says things."""

    @property
    def path(self) -> str:
        """Where requests go, below the base address."""
        ...

    def headers(self, key: SecretStr | None) -> Mapping[str, str]:
        """Who is asking; without a key, nobody in particular."""
        ...

    def body(self, request: Request) -> dict[str, Any]:
        """The request, for a streamed answer."""
        ...

    def reader(self) -> AnswerReader: ...

    def failure(self, status: int, headers: Mapping[str, str], body: object, now: datetime) -> Failure:
        """What an answer with another status than 200 means. `body` is its JSON, None when it is none."""
        ...


@dataclass(frozen=True, slots=True)
class Account:
    """Where a provider is and as whom it is called. The key is looked up for each call: it may have been replaced."""

    name: str
    base_url: str
    key: Callable[[], SecretStr | None]
    needs_key: bool = True


class WireProvider:
    """The port's provider over HTTP. Open it inside the running loop; close it at the end."""

    def __init__(self, account: Account, dialect: Dialect, now: Callable[[], datetime]) -> None:
        self._account = account
        self._dialect = dialect
        self._now = now
        self._url = f"{account.base_url.rstrip('/')}{dialect.path}"
        self._client = HttpxAiohttpClient(
            verify=_tls(),
            timeout=httpx.Timeout(None, connect=CONNECT_SECONDS, pool=CONNECT_SECONDS),
            limits=httpx.Limits(max_connections=CONNECTIONS_MAX),
            # The machine's proxy is for calls that leave the machine.
            trust_env=urlsplit(account.base_url).hostname not in LOOPBACK,
        )

    @property
    def name(self) -> str:
        return self._account.name

    @property
    def ready(self) -> bool:
        return not self._account.needs_key or self._account.key() is not None

    async def close(self) -> None:
        """End every connection."""
        await self._client.aclose()

    async def ask(self, request: Request) -> AsyncGenerator[Heard, None]:
        """See the port. Errors of the transport are the provider's: trying again may help."""
        try:
            async with self._sent(request) as response:
                if response.status_code != httpx.codes.OK:
                    raise CallFailed(await self._failure(response))
                reader = self._dialect.reader()
                if "json" in response.headers.get("content-type", ""):
                    heard = reader.plain(await _limited(response, PLAIN_BYTES_MAX))
                    for one in heard:
                        yield one
                    return
                async with aclosing(_streamed(response, reader)) as stream:
                    async for one in stream:
                        yield one
        except _TRANSPORT_ERRORS as error:
            raise CallFailed(_lost(error)) from error
        except (NotAnEventStream, Broken) as error:
            raise CallFailed(
                Failure(CallOutcome.RETRY_SAME, f"sent something unreadable: {error}")
            ) from error

    @asynccontextmanager
    async def _sent(self, request: Request) -> AsyncIterator[httpx.Response]:
        headers = {
            **self._dialect.headers(self._account.key()),
            "Accept": "text/event-stream",
            CALL_ID_HEADER: str(request.call_id),
        }
        body = self._dialect.body(request)
        async with self._client.stream("POST", self._url, json=body, headers=headers) as response:
            yield response

    async def _failure(self, response: httpx.Response) -> Failure:
        raw = await _limited(response, ERROR_BYTES_MAX)
        try:
            body: object = json.loads(raw)
        except (ValueError, RecursionError):
            body = None
        return self._dialect.failure(response.status_code, response.headers, body, self._now())


@cache
def _tls() -> ssl.SSLContext:
    """One for all providers: reading the certificates takes a third of a second."""
    return httpx.create_ssl_context()


async def _streamed(response: httpx.Response, reader: AnswerReader) -> AsyncGenerator[Heard, None]:
    events = EventReader()
    chunks = response.aiter_bytes()
    async for chunk in chunks:
        for data in events.feed(chunk):
            for heard in reader.event(data):
                yield heard
        if reader.done:
            break
    else:
        for data in events.finish():
            for heard in reader.event(data):
                yield heard
    await _drain(chunks)
    yield reader.finish()


async def _drain(chunks: AsyncIterator[bytes]) -> None:
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            async for _ in chunks:
                pass
    except (TimeoutError, *_TRANSPORT_ERRORS):
        return  # the answer is whole; only this connection cannot be used again


async def _limited(response: httpx.Response, bytes_max: int) -> bytes:
    body = b""
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > bytes_max:
            return body[:bytes_max]
    return body


def _lost(error: Exception) -> Failure:
    if isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.TimeoutException)):
        return Failure(CallOutcome.RETRY_SAME, f"cannot be reached ({type(error).__name__})")
    return Failure(CallOutcome.RETRY_SAME, f"broke the connection off ({type(error).__name__})")
