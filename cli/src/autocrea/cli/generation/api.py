"""The gateway's HTTP API as the command line uses it; errors become Trouble in the gateway's own words."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from autocrea.cli.generation.events import FeedEvent, read_events
from autocrea.cli.trouble import Trouble

ANSWER_SECONDS = 15.0
"""The gateway answers from its own database; its calls to other services end after five."""

SILENCE_SECONDS = 45.0
"""The feed says something at least every 15 s (a ping); three missed ones are a lost connection."""

TRIES = 3
PAUSE_SECONDS = 1.0
"""An answer lost on the way: asking again with the same key is safe, and a gateway that restarts is soon
back."""

UNPROCESSABLE = 422

OPEN_STATUSES = frozenset({"queued", "running"})


class Refusal(Trouble):
    """The gateway said no, with its code."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        detail = body.get("detail", f"HTTP {status}")
        faults = [f"{fault.get('field')}: {fault.get('message')}" for fault in body.get("errors") or ()]
        super().__init__(
            "gateway_refused",
            detail=" ".join([detail, *faults]),
            code=body.get("code", status),
            trace_id=body.get("trace_id", "-"),
        )
        self.status = status
        self.bad_use = status == UNPROCESSABLE


@dataclass(frozen=True, slots=True)
class Accepted:
    """A run that the gateway has promised to carry to an end."""

    generation_id: str
    quote_tokens: int


@dataclass(frozen=True, slots=True)
class QuotedStep:
    """A step that is going to run, its title in the caller's language."""

    step: str
    title: str
    icon: str
    cap_tokens: int
    typical_seconds: float


@dataclass(frozen=True, slots=True)
class Quote:
    """What a generation may cost at most, and of which steps it will consist."""

    tokens: int
    steps: tuple[QuotedStep, ...]
    models: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """A generation that was asked for earlier."""

    accepted: Accepted
    project_name: str
    pipeline: str
    over: bool


@dataclass(frozen=True, slots=True)
class Balance:
    """Tokens of the caller; None until billing has told of them for the first time."""

    available: int | None
    held: int | None


class GatewayApi:
    """One person's access, with a session token. Use as `async with`."""

    def __init__(self, url: str, token: str, language: str) -> None:
        self._url = url
        self._client = httpx.AsyncClient(
            base_url=url,
            headers={"Authorization": f"Bearer {token}", "Accept-Language": language},
            timeout=ANSWER_SECONDS,
            trust_env=not url.startswith("http://127.0.0.1:"),  # loopback never goes through a proxy
        )

    async def __aenter__(self) -> "GatewayApi":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def quote(self, pipeline: str | None = None) -> Quote:
        """The price of a pipeline, without a name that of the gateway's default."""
        body = await self._json("GET", "/api/quote", params={"pipeline": pipeline} if pipeline else {})
        names = QuotedStep.__dataclass_fields__
        steps = (QuotedStep(**{name: step[name] for name in names}) for step in body["steps"])
        models = (name for model in body["models"] for name in (model["model"], *model["aliases"]))
        return Quote(body["tokens"], tuple(steps), tuple(models))

    async def balance(self) -> Balance:
        body = await self._json("GET", "/api/tokens/balance")
        return Balance(body["available"], body["held"])

    async def generate(self, prompt: str, project_name: str, model: str | None, pipeline: str) -> Accepted:
        """Ask for a new application. Asked again after a lost answer, it is still one generation."""
        body = {
            "prompt": prompt,
            "project_name": project_name,
            "model_preference": model,
            "pipeline": pipeline,
        }
        key = {"Idempotency-Key": uuid4().hex}
        for tries_left in reversed(range(TRIES)):
            try:
                answer = await self._json("POST", "/api/generate", json=body, headers=key)
                break
            except Refusal:
                raise
            except Trouble:
                if not tries_left:
                    raise
                await asyncio.sleep(PAUSE_SECONDS)
        return Accepted(str(answer["generation_id"]), int(answer["quote_tokens"]))

    async def standing(self, generation_id: str) -> Standing:
        body = await self._json("GET", f"/api/generations/{generation_id}")
        accepted = Accepted(str(body["generation_id"]), int(body["quote_tokens"]))
        return Standing(accepted, body["project_name"], body["pipeline"], body["status"] not in OPEN_STATUSES)

    async def events(self, generation_id: str, after: int) -> AsyncIterator[FeedEvent]:
        """The feed from the event after `after` until the connection or the feed ends. Raises
        httpx.HTTPError and Refusal."""
        headers = {"Last-Event-ID": str(after)} if after else {}
        timeout = httpx.Timeout(ANSWER_SECONDS, read=SILENCE_SECONDS)
        place = f"/api/generations/{generation_id}/events"
        async with self._client.stream("GET", place, headers=headers, timeout=timeout) as response:
            if response.status_code >= httpx.codes.BAD_REQUEST:
                await response.aread()
                raise _refusal(response)
            async for event in read_events(response.aiter_lines()):
                yield event

    async def download(self, generation_id: str, path: Path) -> str:
        """Save the ZIP, in one step once it is whole. Returns its SHA-256."""
        digest = hashlib.sha256()
        half = path.with_name(f".{path.name}.{os.getpid()}.half")
        try:
            async with self._stream("GET", f"/api/generations/{generation_id}/archive") as response:
                with half.open("wb") as file:
                    async for chunk in response.aiter_bytes():
                        digest.update(chunk)
                        file.write(chunk)
            half.replace(path)
        finally:
            half.unlink(missing_ok=True)
        return digest.hexdigest()

    async def create_access_token(self, name: str, scopes: Sequence[str], days: int) -> dict[str, Any]:
        """Its secret is in this answer alone."""
        body = {"name": name, "scopes": list(scopes), "lifetime_days": days}
        return await self._json("POST", "/api/me/tokens", json=body)

    async def access_tokens(self) -> list[dict[str, Any]]:
        """Those that still prove something, the newest first."""
        return list((await self._json("GET", "/api/me/tokens"))["items"])

    async def revoke_access_token(self, token_id: str) -> None:
        async with self._stream("DELETE", f"/api/me/tokens/{token_id}"):
            return

    async def _json(self, method: str, place: str, **options: Any) -> dict[str, Any]:
        async with self._stream(method, place, **options) as response:
            await response.aread()
            return dict(response.json())

    @asynccontextmanager
    async def _stream(self, method: str, place: str, **options: Any) -> AsyncIterator[httpx.Response]:
        try:
            async with self._client.stream(method, place, **options) as response:
                if response.status_code >= httpx.codes.BAD_REQUEST:
                    await response.aread()
                    raise _refusal(response)
                yield response
        except httpx.HTTPError as error:
            reason = str(error) or type(error).__name__
            raise Trouble("gateway_unreachable", url=self._url, reason=reason) from error


def _refusal(response: httpx.Response) -> Refusal:
    try:
        body = response.json()
    except ValueError:
        body = {}
    return Refusal(response.status_code, body if isinstance(body, dict) else {})
