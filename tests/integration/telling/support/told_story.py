"""A story with a good and a bad end, and what came out of the processes of a stack that it was played on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import aio_pika
import httpx
from autocrea.contracts.message import Service
from autocrea.contracts.topology import dead, inbox
from autocrea.testkit.collector import Collector
from autocrea.testkit.people import Person
from autocrea.testkit.stack import Stack
from autocrea.testkit.waiting import eventually

PROMPT = "CANARIO-en-el-encargo"
NAME = "canario-en-el-nombre"
CLIENT_SPAN = "b7ad6b7169203331"
"""Where a browser's trace begins; nobody but the browser knows more of this span."""


@dataclass(frozen=True)
class Told:
    """What came out of the processes until their end."""

    collector: Collector
    logs: Mapping[str, str]
    trace: str  # that the person's order began
    file_text: str  # of a file that the model wrote


async def play(stack: Stack, person: Person, trace: str) -> str:
    """One generation completes, one fails, two messages are poison; gives the text of a file of the first."""
    done = await _order(person, trace)
    assert (await person.end(done)).name == "generation_completed"
    await _look_on(person, trace, done)
    files = (await person.get(f"/api/generations/{done}/files"))["items"]
    text = (await person.request("GET", files[0]["url"])).text
    async with stack.simulated.rule(match={"project": f"{NAME}-2"}, effect={"status": 400}):
        failed = await person.generate(f"{NAME}-2", f"Landing page para {PROMPT}")
        assert (await person.end(failed)).name == "generation_failed"
    await _poison(stack)
    return text


async def _order(person: Person, trace: str) -> str:
    """As a browser does it: the request says which trace it begins."""
    order = {"prompt": f"Landing page para {PROMPT}", "project_name": NAME}
    answer = await _traced(person, trace, "POST", "/api/generate", json=order)
    return str(answer.json()["generation_id"])


async def _look_on(person: Person, trace: str, generation_id: str) -> None:
    """The ZIP, what it cost, and more tokens: what the gateway asks other services for, and billing Stripe."""
    archive = await _traced(person, trace, "GET", f"/api/generations/{generation_id}/archive")
    assert archive.content.startswith(b"PK")
    await _traced(person, trace, "GET", f"/api/tokens/ledger?generation_id={generation_id}")
    await _traced(person, trace, "POST", "/api/billing/checkout", json={"pack": "starter"})


async def _traced(person: Person, trace: str, method: str, path: str, **options: Any) -> httpx.Response:
    headers = {"traceparent": f"00-{trace}-{CLIENT_SPAN}-01"}
    answer = await person.request(method, path, headers=headers, **options)
    assert answer.is_success, answer.text
    return answer


async def _poison(stack: Stack) -> None:
    """Put what cannot be handled into billing's queue; it becomes dead letters, with all they say."""
    envelope = {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": "/autocrea/orchestrator",
        "type": "billing.reserve_tokens.v1",
        "subject": PROMPT,
        "correlationid": str(uuid4()),
        "time": "2026-11-22T10:00:00Z",
        "datacontenttype": "application/json",
        "data": {"generation_id": PROMPT, "caps": PROMPT, "user_id": {"prompt": PROMPT}},
    }
    connection = await aio_pika.connect(stack.places.rabbitmq.url(stack.name))
    async with connection:
        channel = await connection.channel()
        for body in (json.dumps(envelope).encode(), PROMPT.encode()):
            message = aio_pika.Message(body, type="billing.reserve_tokens.v1", message_id=str(uuid4()))
            await channel.default_exchange.publish(message, inbox(Service.BILLING))

    async def recorded() -> bool:
        return len(await stack.fetch("billing", "SELECT id FROM dead_letters")) == 2

    await eventually(recorded, what=f"two dead letters of {dead(Service.BILLING)} or its inbox")
