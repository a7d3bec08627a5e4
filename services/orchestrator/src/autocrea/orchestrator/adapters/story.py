"""How a generation and its steps stand, for operators; nothing a person wrote is in it."""

from typing import Any
from uuid import UUID

from autocrea.chassis.handlers import Connection
from autocrea.contracts.ids import GenerationId
from autocrea.orchestrator.adapters.repository import SagaRepository
from autocrea.orchestrator.domain.saga import Saga, Step


class Story:
    """What the saga says of itself; nothing when it never began."""

    def __init__(self, repository: SagaRepository) -> None:
        self._repository = repository

    async def __call__(self, connection: Connection, generation_id: UUID) -> dict[str, Any]:
        saga = await self._repository.read(connection, GenerationId(generation_id))
        return {} if saga is None else _story(saga)


def _story(saga: Saga) -> dict[str, Any]:
    order = saga.order
    return {
        "state": saga.state,
        "run": saga.run,
        "sequence": saga.sequence,
        "erased": saga.erased,
        "pipeline": order.pipeline if order else None,
        "pipeline_digest": order.pipeline_digest if order else None,
        "fault": saga.settlement.fault if saga.settlement else None,
        "steps": [_step(step) for step in saga.steps],
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "step": step.name,
        "state": step.state,
        "run": step.run,
        "attempt": step.attempt,
        "cap_tokens": step.cap_tokens,
        "charge_tokens": step.charge_tokens,
        "net_tokens": step.net_tokens,
        "absorbed_tokens": step.absorbed_tokens,
        "warnings": step.warnings,
        "omitted_files": list(step.omitted),
    }
