"""A person deleted a project."""

from collections.abc import Iterable
from datetime import datetime

from autocrea.chassis import erasure
from autocrea.chassis.handlers import Effects, HandlerBase, Received
from autocrea.contracts.gateway.v1 import ProjectDeleted
from autocrea.orchestrator.handlers.apply_decision import apply
from autocrea.orchestrator.ports import SAGA, Key, Rows


class EraseProject(HandlerBase):
    """Stop what runs of it and forget its words; what was never requested is noted, should the request still come."""

    def rows(self, item: Received[ProjectDeleted]) -> Iterable[Key]:
        return [Key(SAGA, str(generation_id)) for generation_id in item.data.generation_ids]

    def decide(self, rows: Rows, item: Received[ProjectDeleted], now: datetime) -> Effects:
        effects = Effects(jobs=erasure.jobs(str(item.data.project_id), item.data.generation_ids, now))
        for generation_id in item.data.generation_ids:
            effects += apply(rows, generation_id, item.data, now).effects
        return effects
