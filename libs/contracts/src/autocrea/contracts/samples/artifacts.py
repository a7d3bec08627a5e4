"""A sample of each message of artifacts."""

from collections.abc import Iterator
from typing import Final, TypedDict

from autocrea.contracts.artifacts import v1
from autocrea.contracts.digests import set_sha256
from autocrea.contracts.faults import FaultCode
from autocrea.contracts.ids import GenerationId, ProjectId, UserId
from autocrea.contracts.message import Message
from autocrea.contracts.samples import values as the


class _Common(TypedDict):
    generation_id: GenerationId
    run: int
    user_id: UserId
    project_id: ProjectId


_COMMON: Final = _Common(generation_id=the.GENERATION, run=1, user_id=the.ADA, project_id=the.PROJECT)
_SET_SHA256: Final = set_sha256([the.FILE_ENTRY])


def samples() -> Iterator[Message]:
    """One of each, in the catalogue's order."""
    yield v1.StoreStepFiles(**_COMMON, step=the.BACKEND, files=(the.FILE,), sha256=_SET_SHA256)
    yield v1.PackageGeneration(**_COMMON, file_name=the.FILE_NAME, sets={the.BACKEND: _SET_SHA256})
    yield v1.ArtifactReady(
        **_COMMON,
        archive_id=the.ARCHIVE,
        file_name=the.FILE_NAME,
        sha256=the.FILE_ENTRY.sha256,
        bytes=48_211,
        files=23,
    )
    yield v1.PackagingFailed(
        generation_id=the.GENERATION,
        run=1,
        fault=FaultCode.PACKAGING_FAILED,
        detail="the object store did not answer within 10 minutes",
    )
