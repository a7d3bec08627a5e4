"""The set of files that one step delivered: what makes it acceptable. Where it is kept is an adapter's."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum, unique

from autocrea.contracts.digests import entry, set_sha256
from autocrea.contracts.ids import Sha256, StepName
from autocrea.contracts.paths import FileSet, PathRejected
from autocrea.contracts.shapes import GeneratedFile


@unique
class SetState(StrEnum):
    """`failed` is noted, not forgotten: an archive that waits for this very set must not wait for ever."""

    STORED = "stored"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file, byte for byte as the model wrote it."""

    path: str
    sha256: Sha256
    content: bytes


@dataclass(frozen=True, slots=True)
class StepSet:
    """What is known of a step's set. `sha256` is the digest its sender claims, verified if the state is `stored`."""

    run: int
    step: StepName
    sha256: Sha256
    state: SetState
    detail: str = ""


class SetRejected(Exception):
    """The set is not what its sender says it is. The text is a sentence for operators, without content."""


def accept(files: Iterable[GeneratedFile], claimed: Sha256) -> tuple[StoredFile, ...]:
    """The files as they will be kept; raises SetRejected for a path or size that the guard refuses or another digest.

    The guard has admitted these files twice before. A set that fails here means a bug or a forged message, so the set
    is refused as a whole: an archive with a part of it would not match what the person was told.
    """
    guard = FileSet()
    kept, entries = [], []
    for file in files:
        described = entry(file)
        try:
            guard.admit(file.path, described.bytes)
        except PathRejected as rejected:
            raise SetRejected(f"a file breaks the rule {rejected.rule} of the path guard") from rejected
        kept.append(StoredFile(file.path, described.sha256, file.text.encode()))
        entries.append(described)
    if set_sha256(entries) != claimed:
        raise SetRejected("the files do not have the digest that was announced with them")
    return tuple(kept)
