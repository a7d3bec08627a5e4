"""Every metric that a rule or a dashboard names is at `/metrics` of a running stack, and tells what happened."""

import importlib
import sys
import time
from pathlib import Path
from types import ModuleType

import httpx
from autocrea.contracts.message import Service
from autocrea.testkit.people import charges
from autocrea.testkit.stack import Stack
from autocrea.testkit.waiting import eventually
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

RULES = Path(__file__).parents[2] / "deploy"
SUFFIXES = ("", "_total", "_bucket", "_count", "_sum")


def watched() -> ModuleType:
    """What the rules of the manifests know of rules and dashboards."""
    if str(RULES) not in sys.path:
        sys.path.insert(0, str(RULES))
    return importlib.import_module("deploy_rules.watched")


async def families(stack: Stack) -> dict[str, list[Metric]]:
    """The families of all five services by name."""
    found: dict[str, list[Metric]] = {}
    async with httpx.AsyncClient(trust_env=False) as client:
        for service in Service:
            answer = await client.get(f"{stack.processes[service.value].url}/metrics")
            for family in text_string_to_metric_families(answer.text):
                found.setdefault(family.name, []).append(family)
    return found


def value(found: dict[str, list[Metric]], sample: str, **labels: str) -> float:
    """The sum over all series of these labels."""
    return sum(
        one.value
        for several in found.values()
        for family in several
        for one in family.samples
        if one.name == sample and labels.items() <= one.labels.items()
    )


async def test_every_metric_that_is_watched_is_told_when_the_stack_runs(stack: Stack) -> None:
    found = await families(stack)
    offered = {f"{name}{suffix}": several for name, several in found.items() for suffix in SUFFIXES}
    names = 0
    for asked in watched().expressions():
        for name, labels in asked.metrics():
            assert name in offered, f"{asked.place} asks for {name}, which nobody tells"
            told = {label for family in offered[name] for one in family.samples for label in one.labels}
            assert not told or labels <= told, f"{asked.place}: {name} has no {sorted(labels - told)}"
            names += 1
    assert names > 60


async def test_what_happened_is_counted_when_a_generation_completes(stack: Stack) -> None:
    before, began = await families(stack), time.monotonic()
    async with stack.person() as person:
        events = await person.follow(
            await person.generate("contada", "Landing page con formulario de contacto")
        )
    charged = sum(charges(events).values())

    async def grown(sample: str, **labels: str) -> float:
        return value(await families(stack), sample, **labels) - value(before, sample, **labels)

    assert await grown("autocrea_generations_ended_total", state="completed") == 1
    assert await grown("autocrea_tokens_charged_total") == charged
    assert await grown("autocrea_first_files_seconds_count") == 1
    first = next(event for event in events if event.name == "step_completed")
    waited = await grown("autocrea_first_files_seconds_sum")
    assert first.data["duration_ms"] / 1000 < waited < time.monotonic() - began
    assert await grown("autocrea_step_seconds_count") == 5
    assert (
        await grown("autocrea_http_requests_total", route="/api/generate", method="POST", status="202") == 1
    )
    assert await grown("autocrea_messages_written_total", type="orchestrator.generation_completed.v1") == 1
    assert await grown("autocrea_message_age_seconds_count") > 20
    assert await grown("autocrea_tokens_released_total") == 50 - charged
    assert await grown("autocrea_job_seconds_count", kind="execute_step", outcome="done") == 5
    assert await grown("autocrea_publish_seconds_count", channel="fast", outcome="confirmed") > 20
    assert await grown("autocrea_client_request_seconds_count", peer="s3", operation="PutObject") == 1
    assert await grown("autocrea_statement_seconds_count", statement="INSERT outbox", outcome="ok") > 10
    found = await families(stack)
    assert value(found, "autocrea_consumers_attached") == len(Service)

    async def nothing_is_left() -> bool:
        told = await families(stack)
        return (
            value(told, "autocrea_jobs_due", kind="execute_step")
            == value(told, "autocrea_hold_age_seconds")
            == 0
        )

    await eventually(nothing_is_left)
