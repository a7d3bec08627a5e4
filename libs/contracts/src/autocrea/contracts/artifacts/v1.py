"""What artifacts is told and answers, version 1."""

from __future__ import annotations

from typing import Annotated

from autocrea.contracts.faults import FaultCode
from autocrea.contracts.ids import ArchiveId, ProjectId, Sha256, StepName, UserId
from autocrea.contracts.message import CONTENT_BODY_BYTES_MAX, RunMessage, Service, Via
from autocrea.contracts.shapes import PERSONAL, WRITTEN, Count, GeneratedFile
from autocrea.contracts.vocabulary import Open
from pydantic import Field

_RUN = ("generation_id", "run")


class StoreStepFiles(
    RunMessage,
    key="artifacts.store_step_files.v1",
    via=Via.COMMANDS,
    sender=Service.ORCHESTRATOR,
    consumers=(Service.ARTIFACTS,),
    natural_key=("generation_id", "run", "step"),
    limit_bytes=CONTENT_BODY_BYTES_MAX,
):
    """Keep the files of a completed step."""

    step: StepName = Field(description="The step.")
    user_id: Annotated[UserId, PERSONAL] = Field(description="Whose files they are.")
    project_id: ProjectId = Field(description="The project: its erasure removes them.")
    files: tuple[GeneratedFile, ...] = Field(description="The files.")
    sha256: Sha256 = Field(description="The digest of the set, as `digests.set_sha256` makes it.")


class PackageGeneration(
    RunMessage,
    key="artifacts.package_generation.v1",
    via=Via.COMMANDS,
    sender=Service.ORCHESTRATOR,
    consumers=(Service.ARTIFACTS,),
    natural_key=_RUN,
):
    """Make one ZIP of these sets as soon as all of them are there."""

    user_id: Annotated[UserId, PERSONAL] = Field(description="Whose archive it is.")
    project_id: ProjectId = Field(description="The project: its erasure removes the archive.")
    file_name: Annotated[str, WRITTEN] = Field(description="The archive's name for the person's download.")
    sets: dict[StepName, Sha256] = Field(
        description="The digest of the set of each step that delivers files."
    )


class ArtifactReady(
    RunMessage,
    key="artifacts.artifact_ready.v1",
    consumers=(Service.ORCHESTRATOR,),
    natural_key=_RUN,
):
    """The ZIP of a run is stored and can be fetched."""

    archive_id: ArchiveId = Field(description="The archive.")
    file_name: Annotated[str, WRITTEN] = Field(description="Its name for the person's download.")
    sha256: Sha256 = Field(description="SHA-256 of the archive.")
    bytes: Count = Field(description="Its size.")
    files: Count = Field(description="How many files it holds.")
    user_id: Annotated[UserId, PERSONAL] = Field(description="Whose archive it is.")
    project_id: ProjectId = Field(description="The project it belongs to.")


class PackagingFailed(
    RunMessage,
    key="artifacts.packaging_failed.v1",
    via=Via.COMMANDS,
    consumers=(Service.ORCHESTRATOR,),
    natural_key=_RUN,
):
    """No ZIP can be made of this run."""

    fault: Open[FaultCode] = Field(description="Why: a row of the fault table.")
    detail: str = Field(description="A sentence for operators, in English, without content or secrets.")
