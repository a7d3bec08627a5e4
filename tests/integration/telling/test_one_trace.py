"""One trace from a browser's request to the ZIP in its hands, as a collector gets it over OTLP: the exact tree."""

from collections import Counter
from collections.abc import Iterator

import pytest
from autocrea.contracts.topology import MESSAGES
from autocrea.testkit.collector import CollectedSpan
from autocrea.testkit.stack_environment import SERVICES
from told_story import CLIENT_SPAN, Told

pytestmark = pytest.mark.timeout(180)  # a stack of its own

BROWSER = "the browser"
STEPS = 5
TRANSACTION, CONNECTION = "postgresql.transaction", "postgresql.connection"

CAUSES = {
    "gateway.generation_requested.v1": ("billing.reserve_tokens.v1",),
    "billing.reserve_tokens.v1": ("billing.tokens_reserved.v1",),
    "billing.tokens_reserved.v1": (
        "orchestrator.generation_started.v1",
        "orchestrator.step_started.v1",
        "llm-router.execute_step.v1",
    ),
    "artifacts.artifact_ready.v1": ("billing.settle_tokens.v1",),
    "billing.settle_tokens.v1": ("billing.tokens_settled.v1",),
    "billing.tokens_settled.v1": ("orchestrator.generation_completed.v1",),
}
"""Which message is told because of which: what its consumers' decisions publish."""
JOBS = {
    "llm-router.execute_step.v1": ("llm-router", "execute_step"),
    "llm-router.step_executed.v1": ("orchestrator", "verify_step"),
    "artifacts.package_generation.v1": ("artifacts", "package_generation"),
}
"""Which message begins long work."""
WORK = {
    ("llm-router", "execute_step"): (
        TRANSACTION,
        "INSERT llm_calls SELECT steps",
        "chat joxcoder-1",
        "SELECT steps UPDATE llm_calls",
    ),
    ("orchestrator", "verify_step"): (TRANSACTION, CONNECTION),
    ("artifacts", "package_generation"): (
        TRANSACTION,
        "SELECT archives",
        "SELECT archives files",
        "S3/PutObject",
    ),
}
"""What is asked of others by it."""
RESULTS = {
    ("llm-router", "execute_step"): ("llm-router.step_executed.v1",),
    ("orchestrator", "verify_step"): (
        "orchestrator.step_completed.v1",
        "orchestrator.step_started.v1",
        "llm-router.execute_step.v1",
        "artifacts.store_step_files.v1",
        "artifacts.package_generation.v1",
    ),
    ("artifacts", "package_generation"): ("artifacts.artifact_ready.v1",),
}
"""What is told at its end."""
TOLD_OF_BALANCES = (
    "billing.reserve_tokens.v1",
    "orchestrator.step_completed.v1",
    "billing.settle_tokens.v1",
)
REQUESTS = {
    "POST /api/generate": {"SELECT pauses", "SELECT outbox", TRANSACTION, "UPDATE outbox"},
    "GET /api/generations/{generation_id}/archive": {
        "SELECT generations projects",
        "GET /internal/generations/{generation_id}/runs/{run}/archive/content",
    },
    "GET /api/tokens/ledger": {"GET /internal/users/{user_id}/ledger"},
    "POST /api/billing/checkout": {"POST /internal/users/{user_id}/purchases"},
}
"""What the browser asks for in this trace, and what the gateway asks others for in turn."""
INTERNAL = {
    ("artifacts", "GET /internal/generations/{generation_id}/runs/{run}/archive/content"): {
        "SELECT archives",
        "S3/GetObject",
    },
    ("billing", "GET /internal/users/{user_id}/ledger"): {"SELECT transfers"},
    ("billing", "POST /internal/users/{user_id}/purchases"): {
        "SELECT purchases",
        "POST /v1/checkout/sessions",
        TRANSACTION,
        "UPDATE outbox",
    },
}
"""And what these ask for."""


def published(type_: str) -> str:
    return f"{MESSAGES[type_].sender}: publish {MESSAGES[type_].via}:{type_}"


def processed(type_: str, consumer: str) -> str:
    return f"{consumer}: process {MESSAGES[type_].via}:{type_}:{consumer}.inbox"


def handled(type_: str) -> Iterator[tuple[str, str]]:
    """The edges from a message to all that its consumers do at once: each decides, in a transaction of its own."""
    for consumer in MESSAGES[type_].consumers:
        yield published(type_), processed(type_, consumer)
        yield published(type_), f"{consumer}: {TRANSACTION}"


def expected() -> Iterator[tuple[str, str]]:
    """Every edge of the tree, from a span's name to the name of one below it."""
    told = {"gateway.generation_requested.v1", "billing.balance_changed.v1", "billing.purchase_changed.v1"}
    for cause, messages in CAUSES.items():
        (consumer,) = MESSAGES[cause].consumers
        yield from ((processed(cause, consumer), published(one)) for one in messages)
        told.update(messages)
    for cause, (service, kind) in JOBS.items():
        job, decision = f"{service}: job.{kind}", f"{service}: {service}.{kind}"
        yield processed(cause, service), job
        yield job, decision
        yield from ((job, f"{service}: {one}") for one in WORK[service, kind])
        yield from ((decision, published(one)) for one in RESULTS[service, kind])
        told.update(RESULTS[service, kind])
    for message in TOLD_OF_BALANCES:
        yield published(message), "billing: billing.conclude"
    yield "billing: billing.conclude", published("billing.balance_changed.v1")
    for request, asked in REQUESTS.items():
        yield BROWSER, f"gateway: {request}"
        yield from ((f"gateway: {request}", f"gateway: {one}") for one in asked)
    for (service, request), asked in INTERNAL.items():
        yield f"gateway: {request}", f"{service}: {request}"
        yield from ((f"{service}: {request}", f"{service}: {one}") for one in asked)
    yield f"gateway: {TRANSACTION}", published("gateway.generation_requested.v1")
    yield f"billing: {TRANSACTION}", "billing: billing.conclude"
    yield "billing: billing.conclude", published("billing.purchase_changed.v1")
    for type_ in told:
        yield from handled(type_)


def named(span: CollectedSpan) -> str:
    return f"{span.service.removeprefix('autocrea-')}: {span.name}"


def test_everything_done_for_an_order_is_in_its_trace_when_it_completes(told: Told) -> None:
    spans = told.collector.spans(told.trace)
    names = {span.id: named(span) for span in spans} | {CLIENT_SPAN: BROWSER}
    assert len(names) == len(spans) + 1
    assert [named(span) for span in spans if span.parent not in names] == []
    assert {span.service for span in spans} == {f"autocrea-{service}" for service in SERVICES}
    assert [named(span) for span in spans if span.failed] == []

    edges, wanted = {(names[span.parent], named(span)) for span in spans}, set(expected())
    assert edges - wanted == set()
    assert wanted - edges == set()
    counted = Counter(span.name for span in spans)
    assert counted["chat joxcoder-1"] == counted["job.execute_step"] == counted["job.verify_step"] == STEPS
    assert counted["S3/PutObject"] == counted["S3/GetObject"] == counted["POST /v1/checkout/sessions"] == 1


def test_spans_have_the_kinds_and_attributes_of_the_conventions_when_they_arrive(told: Told) -> None:
    spans = told.collector.spans(told.trace)
    for span in spans:
        said = span.attributes
        if "messaging.system" in said:
            exchange, key = str(said["messaging.destination.name"]).split(":")[:2]
            assert (said["messaging.system"], MESSAGES[key].via) == ("rabbitmq", exchange)
            assert said["messaging.rabbitmq.destination.routing_key"] == key
            kinds = {"send": "PRODUCER", "process": "CONSUMER"}
            assert span.kind == kinds[str(said["messaging.operation.type"])]
            assert said["messaging.message.id"]
        elif "db.system.name" in said:
            assert (span.kind, said["db.system.name"]) == ("CLIENT", "postgresql")
            assert said["db.query.summary"]
            assert said["db.namespace"]
            if span.name == TRANSACTION:
                asked = str(said["db.query.summary"]).split("; ")
                assert asked[0] == "BEGIN"
                assert asked[-1] in ("COMMIT", "INSERT outbox", "SELECT") or len(asked) > 8
        elif "http.request.method" in said:
            assert span.kind == ("CLIENT" if "url.full" in said else "SERVER")
            assert "?" not in f"{said.get('url.full')}{said.get('url.path')}"
            assert 200 <= int(said["http.response.status_code"]) < 300
    asked = {span.attributes["service.peer.name"] for span in spans if "service.peer.name" in span.attributes}
    assert asked == {"billing", "artifacts", "stripe"}
