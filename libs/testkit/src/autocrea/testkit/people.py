"""A person at the gateway's API: asks for applications and follows them, whatever breaks in between."""

import asyncio
import contextlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx
from autocrea.testkit.waiting import eventually

TIMEOUT_SECONDS = 20.0
END_SECONDS = 90.0
"""A generation at pace 0 takes two seconds; with a service killed in between, its leases have to run out."""

RECONNECT_SECONDS = 0.1
TERMINAL = frozenset(
    {"generation_completed", "generation_failed", "generation_cancelled", "generation_rejected"}
)
LANDING = "Landing page con formulario de contacto"


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a feed as it was sent; `id` is None for progress."""

    id: int | None
    name: str
    data: Mapping[str, Any]

    @property
    def what(self) -> str:
        """What it tells of: `generation_started`, `step_started backend`."""
        return f"{self.name} {self.data['step']}" if "step" in self.data else self.name


def charges(events: Iterable[Event]) -> dict[str, int]:
    """What each completed step costs."""
    return {
        event.data["step"]: event.data["charge_tokens"] for event in events if event.name == "step_completed"
    }


class Person:
    """Use as `async with`."""

    def __init__(self, url: str, token: str, user_id: str) -> None:
        self.user_id = user_id
        self.token = token
        self._http = httpx.AsyncClient(
            base_url=url,
            headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"},
            timeout=TIMEOUT_SECONDS,
            trust_env=False,
        )

    @property
    def account(self) -> str:
        """What they type to sign in at the identity simulator."""
        return self.user_id.removeprefix("user_")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def get(self, path: str, **options: Any) -> Any:
        """The decoded answer to a GET that must succeed."""
        answer = await self._http.get(path, **options)
        assert answer.is_success, f"GET {path}: {answer.status_code} {answer.text[:300]}"
        return answer.json()

    async def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Any request, whatever the answer."""
        return await self._http.request(method, path, **options)

    async def ask(
        self, project: str, prompt: str = LANDING, *, key: str | None = None, **fields: Any
    ) -> httpx.Response:
        """`POST /api/generate`, whatever the answer."""
        body = {"prompt": prompt, "project_name": project} | fields
        headers = {"Idempotency-Key": key} if key else {}
        return await self._http.post("/api/generate", json=body, headers=headers)

    async def generate(self, project: str, prompt: str = LANDING, **fields: Any) -> str:
        """Ask for an application that must be accepted; returns the generation's id."""
        answer = await self.ask(project, prompt, **fields)
        assert answer.status_code == httpx.codes.ACCEPTED, f"{answer.status_code} {answer.text}"
        return str(answer.json()["generation_id"])

    async def generation(self, generation_id: str) -> Any:
        """How it stands."""
        return await self.get(f"/api/generations/{generation_id}")

    async def calls(self, generation_id: str, step: str) -> list[dict[str, Any]]:
        """The calls of one of its steps as people are told of them."""
        steps = (await self.generation(generation_id))["steps"]
        return [call for one in steps if one["step"] == step for call in one["calls"]]

    async def stream(
        self,
        generation_id: str,
        after: int = 0,
        count: int | None = None,
        *,
        into: list[Event] | None = None,
    ) -> list[Event]:
        """One connection to the feed: what comes until it ends or breaks, at most `count` events with an id.

        Events land in `into` as they come, so that a broken connection loses none. Raises httpx.HTTPError.
        """
        return await self._read(f"/api/generations/{generation_id}/events", after, count, into)

    async def account_events(self, after: int = 0, count: int | None = None) -> list[Event]:
        """The same of the person's own feed, which has no end; without what only says how things stand."""
        found = await self._read("/api/events", after, count, None)
        return [event for event in found if event.id is not None]

    async def _read(self, path: str, after: int, count: int | None, into: list[Event] | None) -> list[Event]:
        found: list[Event] = [] if into is None else into
        headers = {"Last-Event-ID": str(after)} if after else {}
        async with self._http.stream("GET", path, headers=headers) as response:
            if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
                response.raise_for_status()
            assert response.is_success, f"{response.status_code} {(await response.aread()).decode()[:300]}"
            fields: dict[str, str] = {}
            left = count
            async for line in response.aiter_lines():
                if line:
                    name, _, value = line.partition(":")
                    fields[name] = value.removeprefix(" ")
                    continue
                if "data" in fields:
                    found.append(_event(fields))
                    if left is not None and found[-1].id is not None and (left := left - 1) == 0:
                        break
                fields = {}
        return found

    async def follow(
        self, generation_id: str, *, run: int = 1, timeout_seconds: float = END_SECONDS
    ) -> list[Event]:
        """Every event of the feed up to the run's end; comes back with its last id when the stream breaks."""
        found: list[Event] = []
        async with asyncio.timeout(timeout_seconds):
            while not any(event.name in TERMINAL and event.data["run"] >= run for event in found):
                came = len(found)
                after = found[-1].id or 0 if found else 0
                news: list[Event] = []
                with contextlib.suppress(httpx.HTTPError):  # the gateway is away: a page comes back
                    await self.stream(generation_id, after, into=news)
                found += [event for event in news if event.id is not None]
                if len(found) == came:
                    await asyncio.sleep(RECONNECT_SECONDS)
        return found

    async def end(self, generation_id: str, *, run: int = 1, timeout_seconds: float = END_SECONDS) -> Event:
        """The event that ends the run."""
        return (await self.follow(generation_id, run=run, timeout_seconds=timeout_seconds))[-1]

    async def download(self, generation_id: str) -> httpx.Response:
        """Its archive, which must be there."""
        answer = await self._http.get(f"/api/generations/{generation_id}/archive")
        assert answer.status_code == httpx.codes.OK, f"{answer.status_code} {answer.text}"
        return answer

    async def buy(self, pack: str = "starter", *, key: str | None = None) -> Any:
        """Begin to buy a pack; `url` of the answer is where it is paid."""
        headers = {"Idempotency-Key": key} if key else {}
        answer = await self._http.post("/api/billing/checkout", json={"pack": pack}, headers=headers)
        assert answer.status_code == httpx.codes.CREATED, f"{answer.status_code} {answer.text}"
        return answer.json()

    async def press(self, purchase: Mapping[str, Any], button: str = "pay") -> str:
        """Press a button of a purchase's payment page; returns where the browser is sent."""
        async with httpx.AsyncClient(trust_env=False, timeout=TIMEOUT_SECONDS) as browser:
            answer = await browser.post(purchase["url"], data={"do": button})
        assert answer.status_code == httpx.codes.SEE_OTHER, f"{answer.status_code} {answer.text[:300]}"
        return str(answer.headers["location"])

    async def until_purchase(self, purchase_id: str, state: str) -> Any:
        """Wait until a purchase stands like this, without asking anybody but our own list of purchases."""

        async def stands() -> Any:
            items = (await self.get("/api/billing/purchases?limit=100"))["items"]
            found = next((one for one in items if one["purchase_id"] == purchase_id), None)
            return found if found is not None and found["state"] == state else None

        return await eventually(stands, what=f"purchase {purchase_id} is {state}")

    async def balance(self) -> Any:
        """Tokens as the gateway knows them."""
        return await self.get("/api/tokens/balance")

    async def until_available(self, tokens: int) -> None:
        """Wait until the gateway knows of exactly this balance."""

        async def told() -> bool:
            return bool((await self.balance())["available"] == tokens)

        await eventually(told, what=f"{self.user_id} has {tokens} tokens")


def _event(fields: Mapping[str, str]) -> Event:
    number = fields.get("id")
    return Event(int(number) if number else None, fields.get("event", "message"), json.loads(fields["data"]))
