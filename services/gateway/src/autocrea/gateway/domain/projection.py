"""How each orchestrator event changes what a person sees; one that fits nothing changes nothing but the position."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from autocrea.contracts.ids import StepName
from autocrea.contracts.orchestrator import v1 as orchestrator
from autocrea.contracts.vocabulary import StepState
from autocrea.gateway.domain.feed import Event, Feed
from autocrea.gateway.domain.generation import Generation, Notice, Result, Status, Step

Ending = orchestrator.GenerationCompleted | orchestrator.GenerationFailed | orchestrator.GenerationCancelled


def project(feed: Feed, event: Event) -> Feed:
    """Apply the next event of the prefix."""
    generation = feed.generation
    if generation is None:
        return feed
    match event.data:
        case orchestrator.GenerationStarted() as started:
            feed = _started(feed, generation, started, event)
        case orchestrator.StepStarted() as data:
            change = {"state": StepState.RUNNING, "run": data.run, "attempt": 1, "started_at": event.time}
            feed = _change_step(feed, data.step, change)
        case orchestrator.StepAttemptFailed() as data:
            feed = _attempt_failed(feed, data)
        case orchestrator.StepCompleted() as data:
            feed = _step_completed(feed, data, event)
        case orchestrator.StepFailed() as data:
            feed = _step_failed(feed, data, event)
        case (
            orchestrator.GenerationCompleted()
            | orchestrator.GenerationFailed()
            | orchestrator.GenerationCancelled() as data
        ):
            feed = _ended(feed, generation, data, event)
        case orchestrator.GenerationRejected() as data:
            feed = _rejected(feed, generation, data, event)
        case _:
            pass
    updated_at = max(generation.updated_at, event.time)
    return _change(feed, {"projected_sequence": event.sequence, "updated_at": updated_at})


def is_terminal(type_: str) -> bool:
    """Whether an event of this type ends a run."""
    return type_ in TERMINAL_TYPES


TERMINAL_TYPES = frozenset(
    {
        orchestrator.GenerationCompleted.type,
        orchestrator.GenerationFailed.type,
        orchestrator.GenerationCancelled.type,
        orchestrator.GenerationRejected.type,
    }
)


def _started(feed: Feed, generation: Generation, data: orchestrator.GenerationStarted, event: Event) -> Feed:
    steps: dict[StepName, Step] = {}
    for position, planned in enumerate(data.steps):
        known = feed.steps.get(planned.step)
        if planned.reused and known is not None and known.completed:
            steps[planned.step] = known.model_copy(update={"reused": True, "run": data.run})
            continue
        steps[planned.step] = Step(
            generation_id=generation.generation_id,
            step=planned.step,
            position=position,
            run=data.run,
            state=StepState.COMPLETED if planned.reused else StepState.WAITING,
            title=planned.title,
            icon=planned.icon,
            cap_tokens=planned.cap_tokens,
            depends_on=planned.depends_on,
            reused=planned.reused,
        )
    change = {
        "status": _status(generation, data.run, Status.RUNNING),
        "run": max(generation.run, data.run),
        "notice": None,
        "started_at": event.time,
    }
    return _change(replace(feed, steps={**feed.steps, **steps}), change)


def _status(generation: Generation, run: int, status: Status) -> Status:
    """What a run came to, unless the next one has been asked for: of that one the page is told."""
    return status if run >= generation.run else generation.status


def _attempt_failed(feed: Feed, data: orchestrator.StepAttemptFailed) -> Feed:
    known = feed.steps.get(data.step)
    calls = (*known.calls, *data.calls) if known is not None else data.calls
    change = {"attempt": data.next_attempt, "findings": data.findings, "calls": calls}
    return _change_step(feed, data.step, change)


def _step_completed(feed: Feed, data: orchestrator.StepCompleted, event: Event) -> Feed:
    known = feed.steps.get(data.step)
    change = {
        "state": StepState.COMPLETED_WITH_WARNINGS if data.findings else StepState.COMPLETED,
        "attempt": data.attempt,
        "model": data.model,
        "usage": data.usage,
        "charge_tokens": data.charge_tokens,
        "findings": data.findings,
        "calls": (*known.calls, *data.calls) if known is not None else data.calls,
        "summary": data.summary,
        "duration_ms": data.duration_ms,
        "ended_at": event.time,
    }
    feed = _change_step(feed, data.step, change)
    return replace(feed, files={**feed.files, data.step: data.files})


def _step_failed(feed: Feed, data: orchestrator.StepFailed, event: Event) -> Feed:
    known = feed.steps.get(data.step)
    change = {
        "state": StepState.FAILED,
        "attempt": data.attempt,
        "fault": str(data.fault),
        "findings": data.findings,
        "calls": (*known.calls, *data.calls) if known is not None else data.calls,
        "ended_at": event.time,
    }
    feed = _change_step(feed, data.step, change)
    for step in data.cancelled_steps:
        feed = _change_step(feed, step, {"state": StepState.CANCELLED, "ended_at": event.time})
    for step in data.skipped_steps:
        feed = _change_step(feed, step, {"state": StepState.SKIPPED})
    return feed


def _ended(feed: Feed, generation: Generation, data: Ending, event: Event) -> Feed:
    for outcome in data.steps:
        change: dict[str, Any] = {"state": str(outcome.state), "net_tokens": outcome.net_tokens}
        feed = _change_step(feed, outcome.step, change)
    result = _result(data, event)
    change = {
        "status": _status(generation, data.run, result.status),
        "run": max(generation.run, data.run),
        "result": result,
        "notice": None,
    }
    return _change(feed, change)


def _result(data: Ending, event: Event) -> Result:
    if isinstance(data, orchestrator.GenerationCompleted):
        return Result(
            run=data.run,
            status=Status.COMPLETED_WITH_WARNINGS if data.warnings else Status.COMPLETED,
            net_tokens=data.net_tokens,
            warnings=data.warnings,
            archive=data.archive,
            ended_at=event.time,
            trace_id=event.trace_id,
        )
    failed = isinstance(data, orchestrator.GenerationFailed)
    return Result(
        run=data.run,
        status=Status.FAILED if failed else Status.CANCELLED,
        fault=str(data.fault),
        net_tokens=data.net_tokens,
        refunded_tokens=data.refunded_tokens,
        retry=data.retry,
        ended_at=event.time,
        trace_id=event.trace_id,
    )


def _rejected(
    feed: Feed, generation: Generation, data: orchestrator.GenerationRejected, event: Event
) -> Feed:
    notice = Notice(
        run=data.run,
        fault=str(data.fault),
        available_tokens=data.available_tokens,
        needed_tokens=data.needed_tokens,
        retry_after_seconds=data.retry_after_seconds,
        retry=data.retry,
        at=event.time,
        trace_id=event.trace_id,
    )
    # A rejected retry changed nothing, so the page goes back to what the earlier run came to.
    status = generation.result.status if generation.result is not None else Status.REJECTED
    change = {
        "status": _status(generation, data.run, status),
        "run": max(generation.run, data.run),
        "notice": notice,
    }
    return _change(feed, change)


def _change(feed: Feed, change: Mapping[str, Any]) -> Feed:
    if feed.generation is None:
        return feed
    return replace(feed, generation=feed.generation.model_copy(update=change))


def _change_step(feed: Feed, name: StepName, change: Mapping[str, Any]) -> Feed:
    known = feed.steps.get(name)
    if known is None:
        return feed
    return replace(feed, steps={**feed.steps, name: known.model_copy(update=change)})
