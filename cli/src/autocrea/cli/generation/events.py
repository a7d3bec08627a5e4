"""The generation feed's wire: server-sent events read line by line, their data parsed as the contracts'
messages."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from autocrea.contracts.llm_router.v1 import StepProgressed
from autocrea.contracts.message import Message
from autocrea.contracts.orchestrator import v1 as orchestrator

Terminal = (
    orchestrator.GenerationCompleted
    | orchestrator.GenerationFailed
    | orchestrator.GenerationCancelled
    | orchestrator.GenerationRejected
)

MESSAGES: dict[str, type[Message]] = {
    "generation_started": orchestrator.GenerationStarted,
    "step_started": orchestrator.StepStarted,
    "step_progressed": StepProgressed,
    "step_attempt_failed": orchestrator.StepAttemptFailed,
    "step_completed": orchestrator.StepCompleted,
    "step_failed": orchestrator.StepFailed,
    "generation_completed": orchestrator.GenerationCompleted,
    "generation_failed": orchestrator.GenerationFailed,
    "generation_cancelled": orchestrator.GenerationCancelled,
    "generation_rejected": orchestrator.GenerationRejected,
}


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """One event. `id` is None for progress; `message` is None for a kind that is newer than this program."""

    id: int | None
    name: str
    message: Message | None


async def read_events(lines: AsyncIterator[str]) -> AsyncIterator[FeedEvent]:
    """The stream's events as they come. An event that a lost connection cut off is not one."""
    name, number, data = "message", None, list[str]()
    async for line in lines:
        if line == "":
            if data:
                yield _parsed(number, name, "\n".join(data))
            name, number, data = "message", None, []
            continue
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match field:
            case "event":
                name = value
            case "id":
                number = int(value) if value.isdigit() else None
            case "data":
                data.append(value)
            case _:  # a comment, `retry`, or a field that is newer than this program
                pass


def _parsed(number: int | None, name: str, data: str) -> FeedEvent:
    kind = MESSAGES.get(name)
    return FeedEvent(number, name, kind.model_validate_json(data) if kind else None)
