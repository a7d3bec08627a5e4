"""One trace from a browser's request to the archive in S3, as a collector gets it over OTLP."""

from collections import Counter

import pytest
from autocrea.testkit.stack_environment import SERVICES
from told_story import CLIENT_SPAN, Told

STEPS = 5
CONSUMED = {
    "gateway": (
        "orchestrator.generation_started.v1",
        "orchestrator.step_started.v1",
        "orchestrator.step_completed.v1",
        "orchestrator.generation_completed.v1",
        "billing.balance_changed.v1",
    ),
    "orchestrator": (
        "gateway.generation_requested.v1",
        "billing.tokens_reserved.v1",
        "llm-router.step_executed.v1",
        "artifacts.artifact_ready.v1",
        "billing.tokens_settled.v1",
    ),
    "llm-router": ("llm-router.execute_step.v1", "orchestrator.step_completed.v1"),
    "billing": (
        "billing.reserve_tokens.v1",
        "orchestrator.step_completed.v1",
        "billing.settle_tokens.v1",
    ),
    "artifacts": ("artifacts.store_step_files.v1", "artifacts.package_generation.v1"),
}
"""Who handled what: every message of a generation that goes well."""


@pytest.mark.timeout(180)
def test_everything_done_for_an_order_is_in_its_trace_when_it_completes(told: Told) -> None:
    spans = told.collector.spans(told.trace)
    ids = {span.id for span in spans}
    assert len(ids) == len(spans)
    assert [span for span in spans if span.parent not in ids | {CLIENT_SPAN}] == []
    assert {span.service for span in spans} == {f"autocrea-{service}" for service in SERVICES}
    (order,) = [span for span in spans if span.parent == CLIENT_SPAN]
    assert (order.name, order.kind) == ("POST /api/generate", "SERVER")

    kinds = {name: {span.kind for span in spans if span.name == name} for name in {s.name for s in spans}}
    consumed = [f"{service}.{type_}" for service, types in CONSUMED.items() for type_ in types]
    assert [name for name in consumed if kinds.get(name) != {"CONSUMER"}] == []
    counted = Counter(span.name for span in spans)
    assert counted["llm-router.llm-router.execute_step.v1"] == counted["job.execute_step"] == STEPS
    calls = [span for span in spans if span.name.startswith("chat ")]
    assert len(calls) == STEPS
    jobs = {span.id for span in spans if span.name == "job.execute_step"}
    assert {call.kind for call in calls} == {"CLIENT"}
    assert {call.parent for call in calls} == jobs
    assert kinds["s3.put"] == {"CLIENT"}
    assert counted["s3.put"] == 1
    transactions = [span for span in spans if span.name == "postgresql.transaction"]
    assert {span.kind for span in transactions} == {"CLIENT"}
    assert {span.service for span in transactions} == {f"autocrea-{service}" for service in SERVICES}
