"""A project was deleted: forget its files and archives, and have its objects removed."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from autocrea.artifacts.handlers import archive_job
from autocrea.artifacts.handlers.announce_archives import Rows
from autocrea.artifacts.handlers.delete_objects import DELETE_OBJECTS
from autocrea.chassis import erasure
from autocrea.chassis.handlers import Effects, HandlerBase, JobKey, NewJob, Received
from autocrea.contracts.gateway.v1 import ProjectDeleted
from autocrea.contracts.ids import GenerationId

SECOND_PASS_AFTER = timedelta(minutes=5)  # longer than a PUT in flight when its job is cancelled can last


class EraseProjectHandler(HandlerBase):
    """Whatever comes later for these generations is ignored or answered with a no."""

    def rows(self, item: Received[ProjectDeleted]) -> Iterable[GenerationId]:
        return item.data.generation_ids

    def decide(self, rows: Rows, item: Received[ProjectDeleted], now: datetime) -> Effects:
        fact = item.data
        packaging: list[JobKey] = []
        for generation_id in fact.generation_ids:
            generation = rows[generation_id]
            packaging += [archive_job.job_key(generation, run) for run in generation.erase(now)]
        if not fact.generation_ids:
            return Effects()
        payload = {"generation_ids": [str(generation_id) for generation_id in fact.generation_ids]}
        jobs = [NewJob(DELETE_OBJECTS, str(fact.project_id), payload=payload)]
        if packaging:
            # A cancelled packaging may have sent its PUT already, to arrive after the first pass.
            again = f"{fact.project_id}:again"
            jobs.append(NewJob(DELETE_OBJECTS, again, due_at=now + SECOND_PASS_AFTER, payload=payload))
        jobs += erasure.jobs(str(fact.project_id), fact.generation_ids, now)
        return Effects(jobs=tuple(jobs), removed_jobs=tuple(packaging))
