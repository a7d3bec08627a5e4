"""What the orchestrator and billing tell during the benchmark: whole generations, balances and purchases, made up."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

from autocrea.contracts.billing.v1 import BalanceChanged, PurchaseChanged, RateCardPublished
from autocrea.contracts.ids import GenerationId, PipelineName, ProjectId, PurchaseId, StepName, UserId
from autocrea.contracts.message import Message
from autocrea.contracts.orchestrator import v1 as orchestrator
from autocrea.contracts.shapes import FileEntry, LocalText, StepOutcome, Usage

PIPELINE = PipelineName("webapp")
STEPS = ("architecture", "backend", "frontend", "devops", "security_audit")
EVENTS = 2 + 2 * len(STEPS)
FILES = 12  # of a step: an event of about 2 KiB


def catalogues() -> list[Message]:
    return [
        orchestrator.PipelinePublished(pipeline=PIPELINE, revision=1, digest="d1", quote_tokens=50, steps=()),
        RateCardPublished(revision=1, version="1", models=(), packs=(), rounding="up_per_step"),
    ]


def balance(user: str, version: int) -> Message:
    return BalanceChanged(
        user_id=UserId(user),
        version=version,
        available=1_000 - version,
        held=0,
        receivable=0,
        blocked_until=None,
        changes=(),
    )


def purchase(user: str) -> Message:
    """Told to its buyer whenever it comes: of balances an older one that comes late is rightly passed over."""
    return PurchaseChanged(
        purchase_id=PurchaseId(uuid4()),
        user_id=UserId(user),
        version=1,
        state="started",
        pack="starter",
        tokens=100,
        amount=500,
        currency="usd",
    )


def generation(user: str, generation_id: str, project_id: str) -> Iterator[Message]:
    """Every event of a run, in order."""
    common: dict[str, Any] = {
        "generation_id": GenerationId(UUID(generation_id)),
        "project_id": ProjectId(UUID(project_id)),
        "user_id": UserId(user),
        "run": 1,
    }
    planned = tuple(
        orchestrator.PlannedStep(
            step=StepName(step),
            title=LocalText(es=step, en=step),
            icon="⚙️",
            cap_tokens=10,
            depends_on=(),
            reused=False,
        )
        for step in STEPS
    )
    yield orchestrator.GenerationStarted(
        **common, sequence=1, pipeline=PIPELINE, pipeline_digest="d1", quote_tokens=50, steps=planned
    )
    for number, step in enumerate(STEPS):
        yield orchestrator.StepStarted(**common, sequence=2 + 2 * number, step=StepName(step))
        yield orchestrator.StepCompleted(
            **common,
            sequence=3 + 2 * number,
            step=StepName(step),
            attempt=1,
            model="joxcoder-1",
            usage=Usage(input_tokens=900, output_tokens=4_000, cached_tokens=0, estimated=False),
            charge_tokens=8,
            files=tuple(
                FileEntry(path=f"{step}/module_{n}/file.py", sha256="a" * 64, bytes=3_000)
                for n in range(FILES)
            ),
            findings=(),
            summary="Hecho.",
            duration_ms=12_000,
            calls=(),
        )
    yield orchestrator.GenerationCompleted(
        **common,
        sequence=EVENTS,
        steps=tuple(
            StepOutcome(step=StepName(step), state="completed", charge_tokens=8, net_tokens=8)
            for step in STEPS
        ),
        net_tokens=40,
        warnings=0,
        archive=orchestrator.Archive(file_name="a.zip", sha256="b" * 64, bytes=90_000, files=60),
    )
