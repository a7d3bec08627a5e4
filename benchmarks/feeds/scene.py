"""Who is there, which streams they open, and what happens to them while these are open."""

import asyncio
import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import told
from autocrea.chassis.publisher import Publisher
from autocrea.contracts.envelope import seal
from autocrea.contracts.message import Message
from autocrea.testkit.waiting import eventually
from gateway import Gateway

GENERATIONS = 50
STREAMS_PER_PERSON = 20  # as many as the gateway lets one person have
PURCHASES = 5  # told to everybody during the run
MEETING_AT_A_TIME = 20


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a session, and perhaps a generation that is about to run."""

    user: str
    token: str
    generation_id: str | None = None
    project_id: str | None = None


class Owners:
    """The orchestrator's and billing's publishers."""

    def __init__(self, gateway: Gateway) -> None:
        self._by_name = {
            name: Publisher(gateway.broker_url(name), name="benchmark")
            for name in ("orchestrator", "billing")
        }
        self._links: list[asyncio.Task[None]] = []
        self.told = 0

    async def __aenter__(self) -> "Owners":
        self._links = [asyncio.create_task(one.run()) for one in self._by_name.values()]
        await eventually(lambda: all(one.connected for one in self._by_name.values()))
        return self

    async def __aexit__(self, *_: object) -> None:
        for link in self._links:
            link.cancel()
        await asyncio.gather(*self._links, return_exceptions=True)

    async def tell(self, message: Message) -> None:
        sealed = seal(message, source=message.sender.value, time=datetime.now(UTC))
        assert await self._by_name[message.sender.value].publish([sealed]) == {sealed.id}

    async def happen(self, person: Person, seconds: float) -> None:
        """Tell what becomes of one person, spread over the time."""
        messages = [told.purchase(person.user) for _ in range(PURCHASES)]
        if person.generation_id is not None and person.project_id is not None:
            messages += told.generation(person.user, person.generation_id, person.project_id)
        pause = seconds / len(messages)
        left = deque(messages)
        while left:
            await asyncio.sleep(pause * random.uniform(0, 2))
            await self.tell(left.popleft())
            self.told += 1


async def meet(gateway: Gateway, owners: Owners, count: int) -> list[Person]:
    """So many people with a balance, the first of whom have asked for a generation each."""
    for catalogue in told.catalogues():
        await owners.tell(catalogue)
    gate = asyncio.Semaphore(MEETING_AT_A_TIME)
    async with httpx.AsyncClient(base_url=gateway.process.url, trust_env=False, timeout=30) as http:

        async def offered() -> bool:
            return (await http.get("/api/quote")).status_code == httpx.codes.OK

        async def one(number: int) -> Person:
            user = f"user_{number:04}"
            token = gateway.token(user)
            headers = {"Authorization": f"Bearer {token}"}
            async with gate:
                assert (await http.get("/api/me", headers=headers)).status_code == httpx.codes.OK
                await owners.tell(told.balance(user, 1))
                if number >= GENERATIONS:
                    return Person(user, token)
                body = {"prompt": "Una tienda", "project_name": "tienda"}
                answer = await http.post("/api/generate", json=body, headers=headers)
                assert answer.status_code == httpx.codes.ACCEPTED, answer.text
                return Person(user, token, answer.json()["generation_id"], answer.json()["project_id"])

        await eventually(offered, what="a price")
        return list(await asyncio.gather(*(one(number) for number in range(count))))


def plan(people: Sequence[Person], streams: int) -> list[dict[str, Any]]:
    """Of a person with a generation all streams but one follow it; all others follow their account.

    `until` is the last id of each: of an account its balance and purchases, and the three states of its generation.
    """
    found: list[dict[str, Any]] = []
    for person in people:
        for number in range(min(STREAMS_PER_PERSON, streams - len(found))):
            one: dict[str, Any] = {"token": person.token, "user": person.user}
            if person.generation_id is not None and number > 0:
                stream = f"generation:{person.generation_id}"
                path = f"/api/generations/{person.generation_id}/events"
                found.append({**one, "stream": stream, "path": path, "until": told.EVENTS})
            else:
                until = 1 + PURCHASES + (3 if person.generation_id is not None else 0)
                found.append({**one, "stream": f"user:{person.user}", "path": "/api/events", "until": until})
    return found
