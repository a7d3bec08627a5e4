"""Webhooks on their way: signed as Stripe signs, one task each, tried again with growing pauses until taken."""

import asyncio
import hmac
import json
import random
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

import httpx
from autocrea.simulators.stripe.manners import Manners, Release
from autocrea.simulators.stripe.objects import Object
from autocrea.simulators.stripe.store import Store
from autocrea.simulators.stripe.till import EVENT

# Stripe waits longer, but nobody who develops does.
RETRY_SECONDS_FIRST = 0.5
RETRY_SECONDS_MAX = 60.0
RETRY_FOR_SECONDS = 72 * 3600  # as Stripe: three days
ANSWER_SECONDS = 20.0
CONNECTIONS_MAX = 50
TRIES_KEPT_MAX = 10_000  # a test reads the last ones
FORGED_SECRET = "whsec_forged"  # noqa: S105 -- the point is that it is not the secret


@dataclass(frozen=True, slots=True)
class Try:
    """One request to the endpoint, and what it answered; 0 when nobody did."""

    event: str
    type: str
    at: float
    status: int
    forged: bool


def signature(body: bytes, secret: str, at: int) -> str:
    """The header `Stripe-Signature` of a body."""
    signed = hmac.new(secret.encode(), f"{at}.".encode() + body, sha256).hexdigest()
    return f"t={at},v1={signed}"


class Deliveries:
    """The endpoint's events. `user_of` says whose purchase an event is about."""

    def __init__(
        self, store: Store, url: str | None, secret: str, user_of: Callable[[Object], str | None]
    ) -> None:
        self.manners = Manners()
        self.secret = secret
        self.tries: deque[Try] = deque(maxlen=TRIES_KEPT_MAX)
        self.held: list[Object] = []
        self._store = store
        self._url = url
        self._user_of = user_of
        self._tasks: set[asyncio.Task[None]] = set()
        self._client = httpx.AsyncClient(
            timeout=ANSWER_SECONDS, trust_env=False, limits=httpx.Limits(max_connections=CONNECTIONS_MAX)
        )

    def resume(self) -> None:
        """Go on with what an earlier process had not brought through."""
        self.send(self._store.all(EVENT, pending_webhooks=1))

    def send(self, events: Sequence[Object]) -> None:
        """Deliver the events of one change in the manner of their buyer."""
        user = next(filter(None, map(self._user_of, events)), None) if self.manners.differ else None
        manner = self.manners.of(user)
        match manner.webhook:
            case "drop":
                for event in events:
                    self._store.put({**event, "pending_webhooks": 0})
            case "hold":
                self.held += events
            case "forge":
                self._go(events, times=1, forged=True)
            case "shuffle":
                self._go(_shuffled(events, manner.seed), times=1)
            case "repeat":
                self._go(events, times=manner.times)
            case _:
                self._go(events, times=1)

    def release(self, wanted: Release) -> list[str]:
        """Let go of what is held; returns the events' ids as they go out."""
        held, self.held = self.held, []
        if wanted.order is not None:
            held = [held[number] for number in wanted.order]
        events = held * wanted.times
        if wanted.shuffle:
            events = _shuffled(events, wanted.seed)
        self._start(self._one_by_one(events) if wanted.order is not None else self._all(events))
        return [event["id"] for event in events]

    def shown(self) -> dict[str, Any]:
        """Manners, what is held, and every try."""
        return {
            "manners": self.manners.shown(),
            "held": [{"event": event["id"], "type": event["type"]} for event in self.held],
            "tries": [asdict(one) for one in self.tries],
            "on_their_way": len(self._tasks),
        }

    async def close(self) -> None:
        """Give up what is on its way; it is still pending in the store."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.aclose()

    def _go(self, events: Sequence[Object], *, times: int, forged: bool = False) -> None:
        for event in events:
            for _ in range(times):
                self._start(self._deliver(event, forged=forged))

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _all(self, events: Sequence[Object]) -> None:
        await asyncio.gather(*(self._deliver(event, forged=False) for event in events))

    async def _one_by_one(self, events: Sequence[Object]) -> None:
        for event in events:
            await self._deliver(event, forged=False)

    async def _deliver(self, event: Object, *, forged: bool) -> None:
        """Until it is taken. A forged one is tried once: it is the endpoint's to refuse."""
        body = json.dumps(event, ensure_ascii=False).encode()
        ends, pause = time.monotonic() + RETRY_FOR_SECONDS, RETRY_SECONDS_FIRST
        while self._url is not None:
            status = await self._try(self._url, event, body, forged=forged)
            if httpx.codes.is_success(status):
                self._store.put({**event, "pending_webhooks": 0})
            if httpx.codes.is_success(status) or forged or time.monotonic() > ends:
                return
            await asyncio.sleep(pause)
            pause = min(pause * 2, RETRY_SECONDS_MAX)

    async def _try(self, url: str, event: Object, body: bytes, *, forged: bool) -> int:
        secret = FORGED_SECRET if forged else self.secret
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            "Stripe-Signature": signature(body, secret, int(time.time())),
        }
        try:
            status = (await self._client.post(url, content=body, headers=headers)).status_code
        except httpx.HTTPError:
            status = 0
        self.tries.append(Try(event["id"], event["type"], time.time(), status, forged))
        return status


def _shuffled(events: Sequence[Object], seed: int | None) -> list[Object]:
    mixed = list(events)
    random.Random(seed).shuffle(mixed)
    return mixed
