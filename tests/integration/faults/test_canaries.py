"""Canaries in a prompt, in a file and in keys: looked for in all that five services log, trace and tell Sentry."""

import json
from pathlib import Path
from uuid import uuid4

import aio_pika
import pytest
from autocrea.cli.parts import PostgresEndpoint, RabbitmqEndpoint, S3Endpoint
from autocrea.contracts.message import Service
from autocrea.contracts.topology import dead, inbox
from autocrea.testkit.collector import EVENTS, TRACES, Collector
from autocrea.testkit.stack import Stack, running_stack
from autocrea.testkit.stack_environment import INTERNAL_TOKEN, MODEL_KEY, OPERATOR_TOKEN, SERVICES, STRIPE_KEY
from autocrea.testkit.waiting import eventually

PROMPT = "CANARIO-en-el-encargo"
NAME = "canario-en-el-nombre"
SECRETS = (MODEL_KEY, STRIPE_KEY, OPERATOR_TOKEN, INTERNAL_TOKEN)


@pytest.mark.timeout(180)  # a stack of its own
async def test_nothing_of_a_person_or_secret_leaves_when_things_go_well_and_wrong(
    tmp_path: Path, postgres: PostgresEndpoint, rabbitmq: RabbitmqEndpoint, s3: S3Endpoint
) -> None:
    folder = tmp_path / "stack"
    with Collector() as collector:
        async with (
            running_stack(
                folder, postgres=postgres, rabbitmq=rabbitmq, s3=s3, settings=collector.settings
            ) as stack,
            stack.person(tokens=200) as person,
        ):
            done = await person.generate(NAME, f"Landing page para {PROMPT}")
            assert (await person.end(done)).name == "generation_completed"
            files = (await person.get(f"/api/generations/{done}/files"))["items"]
            text = (await person.request("GET", files[0]["url"])).text
            async with stack.simulated.rule(match={"project": f"{NAME}-2"}, effect={"status": 400}):
                failed = await person.generate(f"{NAME}-2", f"Landing page para {PROMPT}")
                assert (await person.end(failed)).name == "generation_failed"
            await _poison(stack)
            # A service tells the last of its traces when it ends.
            await stack.end(SERVICES)
        logs = {name: (folder / f"{name}.log").read_text("utf-8") for name in SERVICES}
        traces, events = b"".join(collector.bodies(TRACES)), b"".join(collector.bodies(EVENTS))
    assert b"/api/generate" in traces
    assert b"autocrea-llm-router" in traces
    assert logs["billing"].count("not decodable") == 2
    assert events.count(b"not decodable") >= 1  # Sentry is told once of what comes twice
    line = next(line for line in text.splitlines() if len(line.strip()) > 30)
    for canary in (PROMPT, line.strip(), *SECRETS):
        for spelt in (canary, json.dumps(canary)[1:-1]):
            assert not [name for name, said in logs.items() if spelt in said], canary
            assert spelt.encode() not in traces, canary
            assert spelt.encode() not in events, canary


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
