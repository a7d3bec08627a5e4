"""What the orchestrator is answered: an output or a fault, and every call that it took."""

from collections.abc import Sequence

from autocrea.contracts.ids import CallId
from autocrea.contracts.llm_router.v1 import ExecuteStep, StepExecuted, StepExecutionFailed
from autocrea.contracts.shapes import Call
from autocrea.contracts.vocabulary import CallKind
from autocrea.llm_router.domain.answers import Ended
from autocrea.llm_router.domain.course import Delivered, GivenUp
from autocrea.llm_router.domain.usage import total

DETAIL_CHARS_MAX = 2_000  # of the sentence for operators; providers' own words can be long


def entry(call_id: CallId, kind: CallKind, provider: str, model: str, ended: Ended) -> Call:
    """A call as the answer lists it."""
    return Call(
        call_id=call_id,
        kind=kind,
        provider=provider,
        model=model,
        outcome=ended.outcome,
        usage=ended.usage,
        first_token_ms=ended.first_token_ms,
        total_ms=ended.total_ms,
    )


def answer(
    order: ExecuteStep, end: Delivered | GivenUp, calls: Sequence[Call]
) -> StepExecuted | StepExecutionFailed:
    """The reply to a command. Only the calls whose text was delivered count as used."""
    if isinstance(end, GivenUp):
        return StepExecutionFailed(
            generation_id=order.generation_id,
            run=order.run,
            step=order.step,
            attempt=order.attempt,
            fault=end.fault,
            detail=end.detail[:DETAIL_CHARS_MAX],
            absorbed_usage=total(call.usage for call in calls),
            calls=tuple(calls),
        )
    return StepExecuted(
        generation_id=order.generation_id,
        run=order.run,
        step=order.step,
        attempt=order.attempt,
        output=end.output,
        rejected_files=end.rejected,
        model=end.model,
        usage=total(call.usage for call in calls if call.call_id in end.made_by),
        absorbed_usage=total(call.usage for call in calls if call.call_id not in end.made_by),
        calls=tuple(calls),
    )
