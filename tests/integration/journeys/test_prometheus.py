"""A real Prometheus scrapes a running stack by our rules, and answers whatever rules and dashboards ask."""

import asyncio
import importlib
import math
import sys
import time
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from autocrea.contracts.message import Service
from autocrea.testkit.prometheus import NotHere, Prometheus, running_prometheus
from autocrea.testkit.stack import Stack
from autocrea.testkit.waiting import eventually

RULES = Path(__file__).parents[2] / "deploy"
DISCOVERED_SECONDS = 30  # Prometheus looks at its targets five seconds after its start

WITHOUT_TROUBLE = {
    "Asked of others in vain, a minute",
    "Attempts sent back for a repair, a minute",
    "Dead letters a minute",
    "Jobs that do not end well, a minute",
    "Steps given up, a minute",
    "Transactions run again",
}
"""Panels that have no series before something goes wrong."""


@pytest.fixture
def deploy_rules(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    if str(RULES) not in sys.path:
        monkeypatch.syspath_prepend(str(RULES))
    importlib.import_module("deploy_rules.queries")
    importlib.import_module("deploy_rules.watched")
    return importlib.import_module("deploy_rules")


@pytest.fixture
async def prometheus(stack: Stack, deploy_rules: ModuleType, tmp_path: Path) -> AsyncIterator[Prometheus]:
    """One that saw a generation complete."""
    rules = tmp_path / "rules.yaml"
    rules.write_text(yaml.safe_dump({"groups": [group for _, group in deploy_rules.watched.groups()]}))
    targets = [
        (stack.processes[one.value].url, {"namespace": "autocrea", "service": one.value}) for one in Service
    ]
    try:
        async with running_prometheus(tmp_path, targets, rules) as prometheus:
            await asyncio.gather(
                generation(stack),  # its series are there then, and grow with the next
                eventually(
                    lambda: prometheus.scraped(len(targets)),
                    timeout_seconds=DISCOVERED_SECONDS,
                    what="every service scraped",
                ),
            )
            await generation(stack)
            ended = time.time()

            async def seen() -> bool:
                """By every scrape and, after it, every rule."""
                moments = await prometheus.query(f"min(timestamp(autocrea_consumers_attached)) > {ended}")
                rules = await prometheus.rules()
                return bool(moments) and all(
                    rule["health"] == "ok"
                    and datetime.fromisoformat(rule["lastEvaluation"]).timestamp() > ended + 1
                    for rule in rules
                )

            await eventually(
                seen, timeout_seconds=DISCOVERED_SECONDS, what="the second generation in every rule"
            )
            yield prometheus
    except NotHere as missing:
        pytest.skip(str(missing))


async def generation(stack: Stack) -> None:
    async with stack.person() as person:
        await person.follow(await person.generate("medida", "Landing page con formulario de contacto"))


async def test_every_question_is_answered_when_a_prometheus_watches_the_stack(
    prometheus: Prometheus, deploy_rules: ModuleType
) -> None:
    watched, queries = deploy_rules.watched, deploy_rules.queries
    for asked in watched.expressions():
        await prometheus.query(asked.expression)  # raises at an error or a warning

    silent = set()
    for asked in watched.panels():
        found = [float(row["value"][1]) for row in await prometheus.query(asked.expression)]
        if not any(math.isfinite(value) for value in found):
            silent.add(asked.place.partition(": ")[2])
    assert silent <= WITHOUT_TROUBLE

    gauges = {
        name
        for name, kind in (await prometheus.types()).items()
        if kind == "gauge" and name.startswith("autocrea_") and not name.endswith("_created")
    }
    assert gauges == queries.TOLD_BY_EVERY_REPLICA | queries.OF_A_PROCESS, (
        "whether a gauge is a process' own or told by every replica decides how it may be asked for"
    )
