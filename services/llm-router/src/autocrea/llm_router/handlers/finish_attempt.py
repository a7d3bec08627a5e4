"""The end of an attempt's job: the answer that the orchestrator waits for, and what was learnt about the models."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from autocrea.chassis.handlers import Effects, Failed, Finished
from autocrea.contracts.faults import FaultCode
from autocrea.contracts.ids import CallId
from autocrea.contracts.llm_router.v1 import StepExecuted, StepExecutionFailed
from autocrea.contracts.message import Message
from autocrea.contracts.shapes import NO_USAGE
from autocrea.llm_router.domain.providers import Sighting
from autocrea.llm_router.domain.rows import RowKey, Rows, model_row, step_row
from autocrea.llm_router.domain.steps import StepKey
from autocrea.llm_router.handlers import attempt_job


@dataclass(frozen=True, slots=True)
class AttemptEnd:
    """What the work of an attempt came to. `made_by` are the calls whose text was delivered."""

    answer: StepExecuted | StepExecutionFailed
    made_by: frozenset[CallId]
    sightings: tuple[Sighting, ...]


Item = Finished[AttemptEnd | None]


class FinishAttempt:
    """`simulated` are the providers in whose place a simulator answers."""

    def __init__(self, simulated: frozenset[str]) -> None:
        self._simulated = simulated

    def rows(self, item: Item | Failed) -> Iterable[RowKey]:
        yield step_row(attempt_job.subject_of(item.job)[0])
        if isinstance(item, Finished) and item.result is not None:
            yield from (model_row(sighting.key) for sighting in item.result.sightings)

    def decide(self, rows: Rows, item: Item | Failed, now: datetime) -> Effects:  # noqa: ARG002
        assert isinstance(item, Finished), "a job that was given up goes to on_bug"
        end = item.result
        if end is None:
            return Effects()
        messages: list[Message] = []
        step = rows.steps[attempt_job.subject_of(item.job)[0]]
        if not step.closed:
            step.delivered(end.made_by)
            messages.append(end.answer)
        for sighting in end.sightings:
            simulated = sighting.key.provider in self._simulated
            if (change := rows.models[sighting.key].see(sighting, simulated=simulated)) is not None:
                messages.append(change)
        return Effects(messages=tuple(messages))

    def on_bug(self, rows: Rows, item: Item | Failed, now: datetime) -> Effects:  # noqa: ARG002
        key, attempt = attempt_job.subject_of(item.job)
        if rows.steps[key].closed:
            return Effects()
        return Effects(messages=(internal_fault(key, attempt, "running the attempt hit a bug"),))


def internal_fault(key: StepKey, attempt: int, detail: str) -> StepExecutionFailed:
    """The answer to a command that hit a bug; its calls stay in `llm_calls` and are absorbed."""
    return StepExecutionFailed(
        generation_id=key.generation_id,
        run=key.run,
        step=key.step,
        attempt=attempt,
        fault=FaultCode.INTERNAL,
        detail=detail,
        absorbed_usage=NO_USAGE,
        calls=(),
    )
