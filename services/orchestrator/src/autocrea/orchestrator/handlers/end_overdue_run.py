"""The deadline of a run has come."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from autocrea.chassis.handlers import Effects, Failed, Finished
from autocrea.contracts.ids import GenerationId
from autocrea.orchestrator.domain.events import Bug, DeadlineReached
from autocrea.orchestrator.handlers.apply_decision import apply
from autocrea.orchestrator.ports import SAGA, Key, Rows


class EndOverdueRun:
    """Settle a run that is still going on as failed, at our cost."""

    def rows(self, item: Finished[None] | Failed) -> Iterable[Key]:
        return (Key(SAGA, item.job.payload["generation_id"]),)

    def decide(self, rows: Rows, item: Finished[None] | Failed, now: datetime) -> Effects:
        generation_id = GenerationId(UUID(item.job.payload["generation_id"]))
        return apply(rows, generation_id, DeadlineReached(item.job.payload["run"]), now).effects

    def on_bug(self, rows: Rows, item: Finished[None] | Failed, now: datetime) -> Effects:
        generation_id = GenerationId(UUID(item.job.payload["generation_id"]))
        return apply(rows, generation_id, Bug(item.job.payload["run"]), now).effects
