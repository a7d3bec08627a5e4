"""The chat completions wire, streamed: JoxCoder, OpenAI, and whoever else speaks it. It never retries."""

import asyncio
import json
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import httpx
from autocrea.contracts.vocabulary import CallOutcome
from autocrea.llm_router.adapters.openai_chunks import AnswerReader, Broken
from autocrea.llm_router.adapters.openai_errors import failure_of_status
from autocrea.llm_router.adapters.server_sent_events import EventReader, NotAnEventStream
from autocrea.llm_router.domain.answers import Failure
from autocrea.llm_router.ports import CallFailed, Heard, Request
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


@dataclass(frozen=True, slots=True)
class OpenAiAccount:
    """Where a provider is and as whom it is called. `limit_parameter` is its name for the most tokens to write."""

    name: str
    base_url: str
    api_key: SecretStr
    limit_parameter: str = "max_tokens"


class OpenAiProvider:
    """One provider on this wire. Open it inside the running loop; close it at the end."""

    def __init__(self, account: OpenAiAccount, now: Callable[[], datetime]) -> None:
        self._account = account
        self._now = now
        self._client = HttpxAiohttpClient(
            verify=_tls(),
            timeout=httpx.Timeout(None, connect=CONNECT_SECONDS),
            limits=httpx.Limits(max_connections=CONNECTIONS_MAX),
            # The machine's proxy is for calls that leave the machine.
            trust_env=urlsplit(account.base_url).hostname not in LOOPBACK,
        )

    @property
    def name(self) -> str:
        return self._account.name

    async def close(self) -> None:
        """End every connection."""
        await self._client.aclose()

    async def ask(self, request: Request) -> AsyncGenerator[Heard, None]:
        """See the port. Errors of the transport are the provider's: trying again may help."""
        try:
            async with self._sent(request) as response:
                if response.status_code != httpx.codes.OK:
                    raise CallFailed(await self._failure(response))
                reader = AnswerReader()
                if "json" in response.headers.get("content-type", ""):
                    heard = reader.plain(await _limited(response, PLAIN_BYTES_MAX))
                    for one in heard:
                        yield one
                    return
                async for one in _streamed(response, reader):
                    yield one
        except _TRANSPORT_ERRORS as error:
            raise CallFailed(_lost(error)) from error
        except (NotAnEventStream, Broken) as error:
            raise CallFailed(
                Failure(CallOutcome.RETRY_SAME, f"sent something unreadable: {error}")
            ) from error

    @asynccontextmanager
    async def _sent(self, request: Request) -> AsyncIterator[httpx.Response]:
        body: dict[str, Any] = {
            "model": request.model,
            "messages": [{"role": turn.role, "content": turn.text} for turn in request.turns],
            "stream": True,
            "stream_options": {"include_usage": True},
            self._account.limit_parameter: request.output_tokens_max,
        }
        headers = {
            "Authorization": f"Bearer {self._account.api_key.get_secret_value()}",
            "Accept": "text/event-stream",
            CALL_ID_HEADER: str(request.call_id),
        }
        url = f"{self._account.base_url.rstrip('/')}/chat/completions"
        async with self._client.stream("POST", url, json=body, headers=headers) as response:
            yield response

    async def _failure(self, response: httpx.Response) -> Failure:
        raw = await _limited(response, ERROR_BYTES_MAX)
        try:
            body: object = json.loads(raw)
        except (ValueError, RecursionError):
            body = None
        return failure_of_status(response.status_code, response.headers, body, self._now())


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
