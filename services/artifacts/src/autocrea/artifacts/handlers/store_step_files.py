"""A completed step's files arrive: keep them, and package what waited for them."""

from collections.abc import Iterable
from datetime import datetime

from autocrea.artifacts.domain.step_set import SetRejected, SetState, StepSet, accept
from autocrea.artifacts.handlers.announce_archives import Rows, announce
from autocrea.chassis.handlers import Effects, Received
from autocrea.contracts.artifacts.v1 import StoreStepFiles
from autocrea.contracts.ids import GenerationId


class StoreStepFilesHandler:
    """A set that cannot be kept is noted as failed: the archive that needs it fails instead of waiting."""

    def rows(self, item: Received[StoreStepFiles]) -> Iterable[GenerationId]:
        return (item.data.generation_id,)

    def decide(self, rows: Rows, item: Received[StoreStepFiles], now: datetime) -> Effects:  # noqa: ARG002
        command = item.data
        generation = rows[command.generation_id]
        generation.belongs_to(command.project_id, command.user_id)
        if generation.erased:
            return Effects()
        try:
            files = accept(command.files, command.sha256)
        except SetRejected as rejected:
            return announce(generation, generation.store(_failed(command, str(rejected))))
        stored = StepSet(command.run, command.step, command.sha256, SetState.STORED)
        return announce(generation, generation.store(stored, files))

    def on_bug(self, rows: Rows, item: Received[StoreStepFiles], now: datetime) -> Effects:  # noqa: ARG002
        generation = rows[item.data.generation_id]
        generation.belongs_to(item.data.project_id, item.data.user_id)
        return announce(generation, generation.store(_failed(item.data, "storing it hit a bug")))


def _failed(command: StoreStepFiles, detail: str) -> StepSet:
    return StepSet(command.run, command.step, command.sha256, SetState.FAILED, detail)
