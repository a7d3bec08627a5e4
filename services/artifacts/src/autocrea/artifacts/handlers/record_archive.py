"""A packaging ended, with an object in the store or for good without one: tell the orchestrator."""

from collections.abc import Iterable
from datetime import datetime

from autocrea.artifacts.domain.generation import Package
from autocrea.artifacts.handlers import archive_job
from autocrea.artifacts.handlers.announce_archives import Rows, announce
from autocrea.chassis.handlers import Effects, Failed, Finished
from autocrea.contracts.faults import FaultCode
from autocrea.contracts.ids import GenerationId

_DETAIL = "packaging was given up; the dead letter of its job says why"


class RecordArchiveHandler:
    """Only an archive that is being packaged can become ready or failed by this."""

    def rows(self, item: Finished[Package | None] | Failed) -> Iterable[GenerationId]:
        return (archive_job.run_of(item.job)[0],)

    def decide(self, rows: Rows, item: Finished[Package | None] | Failed, now: datetime) -> Effects:  # noqa: ARG002
        if isinstance(item, Failed) or item.result is None:
            return Effects()
        generation_id, run = archive_job.run_of(item.job)
        generation = rows[generation_id]
        return announce(generation, generation.packaged(run, item.result))

    def on_bug(self, rows: Rows, item: Finished[Package | None] | Failed, now: datetime) -> Effects:  # noqa: ARG002
        generation_id, run = archive_job.run_of(item.job)
        generation = rows[generation_id]
        return announce(generation, generation.give_up(run, "", FaultCode.PACKAGING_FAILED, _DETAIL))
