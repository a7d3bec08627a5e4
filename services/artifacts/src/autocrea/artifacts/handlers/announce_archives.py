"""What follows when archives change state: the packaging job, or the answer that the orchestrator waits for."""

from collections.abc import Iterable, Mapping
from typing import assert_never

from autocrea.artifacts.domain.generation import Archive, ArchiveState, Generation
from autocrea.artifacts.domain.naming import archive_id
from autocrea.artifacts.handlers import archive_job
from autocrea.chassis.handlers import Effects
from autocrea.contracts.artifacts.v1 import ArtifactReady, PackagingFailed
from autocrea.contracts.faults import FaultCode
from autocrea.contracts.ids import GenerationId

Rows = Mapping[GenerationId, Generation]


def announce(generation: Generation, archives: Iterable[Archive]) -> Effects:
    """The effects of archives having come to the state they are in now."""
    effects = Effects()
    for archive in archives:
        effects += _effects(generation, archive)
    return effects


def _effects(generation: Generation, archive: Archive) -> Effects:
    match archive.state:
        case ArchiveState.PACKAGING:
            return Effects(jobs=(archive_job.new_job(generation, archive.run),))
        case ArchiveState.READY:
            return Effects(messages=(_ready(generation, archive),))
        case ArchiveState.FAILED:
            return Effects(messages=(_failed(generation, archive),))
        case ArchiveState.WANTED | ArchiveState.ERASED:
            return Effects()
        case _:
            assert_never(archive.state)


def _ready(generation: Generation, archive: Archive) -> ArtifactReady:
    package = archive.package
    assert package is not None, "an archive is ready with its package"
    assert generation.user_id is not None, "whoever asked for the archive said whose it is"
    assert generation.project_id is not None, "whoever asked for the archive said whose it is"
    return ArtifactReady(
        generation_id=generation.id,
        run=archive.run,
        archive_id=archive_id(generation.id, archive.run),
        file_name=archive.file_name,
        sha256=package.sha256,
        bytes=package.bytes,
        files=package.files,
        user_id=generation.user_id,
        project_id=generation.project_id,
    )


def _failed(generation: Generation, archive: Archive) -> PackagingFailed:
    fault = archive.fault or FaultCode.PACKAGING_FAILED
    return PackagingFailed(generation_id=generation.id, run=archive.run, fault=fault, detail=archive.detail)
