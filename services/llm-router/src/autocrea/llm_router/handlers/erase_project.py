"""`ProjectDeleted`: prompts that still wait or run here go at once. Their calls are booked by the saga's verdict."""

from collections.abc import Iterable
from datetime import datetime

from autocrea.chassis.handlers import Effects, HandlerBase, Received
from autocrea.contracts.gateway.v1 import ProjectDeleted
from autocrea.llm_router.domain.rows import RowKey, Rows, generation_rows
from autocrea.llm_router.handlers import attempt_job


class EraseProject(HandlerBase):
    """Nothing else here holds texts of a project: rows of calls hold figures and ids only."""

    def rows(self, item: Received[ProjectDeleted]) -> Iterable[RowKey]:
        return (generation_rows(generation_id) for generation_id in item.data.generation_ids)

    def decide(self, rows: Rows, item: Received[ProjectDeleted], now: datetime) -> Effects:  # noqa: ARG002
        steps = (step for one in item.data.generation_ids for step in rows.of_generation(one))
        return Effects(
            removed_jobs=tuple(key for step in steps if not step.closed for key in attempt_job.job_keys(step))
        )
