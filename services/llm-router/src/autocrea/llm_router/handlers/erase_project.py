"""`ProjectDeleted`: prompts that still wait or run here go at once. Their calls are booked by the saga's verdict."""

from collections.abc import Iterable
from datetime import datetime

from autocrea.chassis import erasure
from autocrea.chassis.handlers import Effects, HandlerBase, Received
from autocrea.contracts.gateway.v1 import ProjectDeleted
from autocrea.llm_router.domain.rows import RowKey, Rows, generation_rows
from autocrea.llm_router.handlers import attempt_job


class EraseProject(HandlerBase):
    """Nothing else here holds texts of a project but what was sent of it: rows of calls hold figures and ids only."""

    def rows(self, item: Received[ProjectDeleted]) -> Iterable[RowKey]:
        return (generation_rows(generation_id) for generation_id in item.data.generation_ids)

    def decide(self, rows: Rows, item: Received[ProjectDeleted], now: datetime) -> Effects:
        steps = (step for one in item.data.generation_ids for step in rows.of_generation(one))
        return Effects(
            jobs=erasure.jobs(str(item.data.project_id), item.data.generation_ids, now),
            removed_jobs=tuple(
                key for step in steps if not step.closed for key in attempt_job.job_keys(step)
            ),
        )
