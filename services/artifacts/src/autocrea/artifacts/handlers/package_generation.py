"""The orchestrator wants a run's archive: package it at once, or as soon as every set is there."""

from collections.abc import Iterable
from datetime import datetime

from autocrea.artifacts.handlers.announce_archives import Rows, announce
from autocrea.chassis.handlers import Effects, Received
from autocrea.contracts.artifacts.v1 import PackageGeneration
from autocrea.contracts.faults import FaultCode
from autocrea.contracts.ids import GenerationId


class PackageGenerationHandler:
    """Every command is answered in the end: by `ArtifactReady` or by `PackagingFailed`."""

    def rows(self, item: Received[PackageGeneration]) -> Iterable[GenerationId]:
        return (item.data.generation_id,)

    def decide(self, rows: Rows, item: Received[PackageGeneration], now: datetime) -> Effects:  # noqa: ARG002
        command = item.data
        generation = rows[command.generation_id]
        generation.belongs_to(command.project_id, command.user_id)
        return announce(generation, generation.want(command.run, command.file_name, dict(command.sets)))

    def on_bug(self, rows: Rows, item: Received[PackageGeneration], now: datetime) -> Effects:  # noqa: ARG002
        command = item.data
        generation = rows[command.generation_id]
        generation.belongs_to(command.project_id, command.user_id)
        detail = "asking for the archive hit a bug"
        return announce(
            generation, generation.give_up(command.run, command.file_name, FaultCode.INTERNAL, detail)
        )
