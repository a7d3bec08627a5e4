"""Which files of an output are its step's to deliver: path rules, owners, collisions with what is there, size."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from autocrea.contracts.application import ApplicationContract
from autocrea.contracts.digests import entry
from autocrea.contracts.file_sets import FILES_MAX, FileSet
from autocrea.contracts.ids import StepName
from autocrea.contracts.paths import FileRejected, collision_key
from autocrea.contracts.shapes import FileEntry, Finding, GeneratedFile
from autocrea.contracts.vocabulary import FindingClass
from autocrea.orchestrator.domain.documents import document_paths
from autocrea.orchestrator.domain.findings import finding
from autocrea.orchestrator.domain.pipeline import STEPS_MAX, Pipeline
from pydantic_core import to_json

Owners = Mapping[str, StepName]

FILES_BYTES_MAX = (
    36_000  # an event lists every file of a step beside its findings and calls, in at most 64 KiB
)


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
    around = FileSet(files_max=FILES_MAX * STEPS_MAX)
    for path in taken:
        around.admit(path, "")
    own = FileSet()
    kept: list[GeneratedFile] = []
    dropped: list[int] = []
    findings: list[Finding] = []
    for position, file in enumerate(files):
        reason = _reason(step, file, owned, around, own)
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


def _reason(
    step: StepName, file: GeneratedFile, owned: Owners, around: FileSet, own: FileSet
) -> Finding | None:
    owner = owned.get(collision_key(file.path), step)
    if owner != step:
        sentence = f"The contract has the step {owner} write this file; leave it out."
        return finding("file_of_another_step", FindingClass.ERROR, sentence, path=file.path)
    try:
        own.admit(file.path, file.text)
        around.admit(file.path, "")
    except FileRejected as rejected:
        sentence = f"The file is not kept: {rejected.sentence}."
        return finding(f"file_{rejected.rule}", FindingClass.ERROR, sentence, path=file.path)
    return None


def kept(files: Iterable[GeneratedFile], dropped: Iterable[int]) -> tuple[GeneratedFile, ...]:
    """The files without those at the dropped positions: what was delivered, once it was decided."""
    gone = frozenset(dropped)
    return tuple(file for position, file in enumerate(files) if position not in gone)
