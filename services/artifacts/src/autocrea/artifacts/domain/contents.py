"""What goes into an archive and under which name: the merged files and the manifest. Writing a ZIP is an adapter's."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from autocrea.contracts.ids import GenerationId, Sha256, StepName
from autocrea.contracts.paths import MANIFEST_NAME, FileSet

MANIFEST_VERSION = 1

Entry = tuple[str, bytes]
"""Name and content of one file inside the archive."""


@dataclass(frozen=True, slots=True)
class PackedFile:
    """One file of an archive and the step that wrote it."""

    step: StepName
    path: str
    sha256: Sha256
    content: bytes


@dataclass(frozen=True, slots=True)
class ShelvedFile:
    """One file as the tables have it: with its content, or with the run whose archive serves it since it retired."""

    step: StepName
    path: str
    sha256: Sha256
    content: bytes | None
    archived_run: int | None


@dataclass(frozen=True, slots=True)
class ListedFile:
    """One file as a manifest lists it."""

    step: StepName
    path: str
    sha256: Sha256


def merge(files: Iterable[PackedFile], order: Sequence[StepName]) -> list[PackedFile]:
    """One file per path, sorted by path; where two steps wrote the same path, the later one in `order` counts."""
    rank = {step: position for position, step in enumerate(order)}
    by_path = {file.path: file for file in sorted(files, key=lambda file: rank[file.step])}
    return [by_path[path] for path in sorted(by_path)]


def entries(generation_id: GenerationId, run: int | None, files: Sequence[PackedFile]) -> list[Entry]:
    """What the archive holds, sorted by name: every file, and the manifest that lists them.

    Every path was admitted before, when its step was stored. This is the last gate, and the only one that sees the
    steps together: raises PathRejected for files that would not lie side by side in one folder on every system.
    """
    guard = FileSet(files_max=len(files))
    for file in files:
        guard.admit(file.path, 0)
    listed = [(file.path, file.content) for file in files]
    return sorted([*listed, (MANIFEST_NAME, manifest(generation_id, run, files))])


def manifest(generation_id: GenerationId, run: int | None, files: Sequence[PackedFile]) -> bytes:
    """The list of contents as JSON, equal bytes for equal contents. A partial archive is of no run."""
    document = {
        "manifest_version": MANIFEST_VERSION,
        "generation_id": str(generation_id),
        "run": run,
        "files": [
            {"path": file.path, "sha256": file.sha256, "bytes": len(file.content), "step": file.step}
            for file in files
        ],
    }
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def listed_files(document: bytes) -> list[ListedFile]:
    """What a manifest that `manifest` wrote lists."""
    files = json.loads(document)["files"]
    return [ListedFile(StepName(file["step"]), file["path"], file["sha256"]) for file in files]
