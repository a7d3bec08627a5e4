"""Which files of an output are its step's to deliver: path rules, owners, collisions with what is there, size."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from autocrea.contracts.application import ApplicationContract
from autocrea.contracts.digests import entry
from autocrea.contracts.ids import StepName
from autocrea.contracts.message import CONTENT_BODY_BYTES_MAX
from autocrea.contracts.paths import STEP_FILES_MAX, FileSet, PathRejected, collision_key
from autocrea.contracts.shapes import FileEntry, Finding, GeneratedFile
from autocrea.contracts.vocabulary import FindingClass
from autocrea.orchestrator.domain.documents import document_paths
from autocrea.orchestrator.domain.findings import finding
from autocrea.orchestrator.domain.pipeline import STEPS_MAX, Pipeline
from pydantic_core import to_json

Owners = Mapping[str, StepName]

ESCAPED_BYTES_MAX = (
    CONTENT_BODY_BYTES_MAX - 64 * 1024
)  # what JSON's escapes may make of a set, beside its envelope
# An event lists every file of a step beside its findings and calls, in at most 64 KiB.
FILES_BYTES_MAX = 36_000


@dataclass(frozen=True, slots=True)
class Delivery:
    """The files to store, the positions of those that are not, and a finding for each of these."""

    files: tuple[GeneratedFile, ...]
    entries: tuple[FileEntry, ...]
    dropped: tuple[int, ...]
    findings: tuple[Finding, ...]


def owners(pipeline: Pipeline, contract: ApplicationContract | None) -> Owners:
    """Which step writes which path: the documents' steps their own pages, the contract's assignment for the rest."""
    found: dict[str, StepName] = {}
    for promised in contract.files if contract else ():
        found.setdefault(collision_key(promised.path), promised.step)
    for step in pipeline.steps:
        if step.output_kind != "files":
            found.update({collision_key(path): step.name for path in document_paths(step.name)})
    return found


def deliver(
    step: StepName, files: Iterable[GeneratedFile], *, owned: Owners, taken: Iterable[str]
) -> Delivery:
    """Take the step's own files one after the other, beside the paths that completed steps have `taken`."""
    guard = _Guard(step, owned, taken)
    kept: list[GeneratedFile] = []
    dropped: list[int] = []
    findings: list[Finding] = []
    for position, file in enumerate(files):
        reason = guard.reason(file)
        if reason is None:
            kept.append(file)
        else:
            dropped.append(position)
            findings.append(reason)
    entries = tuple(entry(file) for file in kept)
    if len(to_json(entries)) > FILES_BYTES_MAX:
        findings.append(
            finding(
                "listing_too_large", FindingClass.BLOCKING, "Write fewer files, or files with shorter paths."
            )
        )
    return Delivery(tuple(kept), entries, tuple(dropped), tuple(findings))


class _Guard:
    """Says of each file in turn why it is not kept, if it is not."""

    def __init__(self, step: StepName, owned: Owners, taken: Iterable[str]) -> None:
        self._step = step
        self._owned = owned
        self._around = FileSet(files_max=STEP_FILES_MAX * STEPS_MAX)
        for path in taken:
            with suppress(
                PathRejected
            ):  # what is there stays there, even if the guard has become stricter since
                self._around.admit(path, 0)
        self._own = FileSet()
        self._escaped_bytes = 0

    def reason(self, file: GeneratedFile) -> Finding | None:
        owner = self._owned.get(collision_key(file.path), self._step)
        if owner != self._step:
            sentence = f"The contract has the step {owner} write this file; leave it out."
            return finding("file_of_another_step", FindingClass.ERROR, sentence, path=file.path)
        escaped_bytes = len(to_json(file))
        try:
            self._around.check(file.path)
            if self._escaped_bytes + escaped_bytes > ESCAPED_BYTES_MAX:
                raise PathRejected(
                    "set_too_large", f"the files together exceed {ESCAPED_BYTES_MAX} bytes of JSON"
                )
            self._own.admit(file.path, len(file.text.encode()))
        except PathRejected as rejected:
            sentence = f"The file is not kept: {rejected.sentence}."
            return finding(f"file_{rejected.rule}", FindingClass.ERROR, sentence, path=file.path)
        self._around.admit(file.path, 0)
        self._escaped_bytes += escaped_bytes
        return None


def without(files: Iterable[GeneratedFile], dropped: Iterable[int]) -> tuple[GeneratedFile, ...]:
    """The files but those at the dropped positions: what a step delivered, once that was decided."""
    gone = frozenset(dropped)
    return tuple(file for position, file in enumerate(files) if position not in gone)
