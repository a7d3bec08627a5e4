"""From the findings of a verification to the event of the saga: which files would be stored, told in a sentence."""

from autocrea.contracts.application import ApplicationContract, AuditReport, SecurityReport
from autocrea.contracts.ids import StepName
from autocrea.contracts.llm_router.v1 import FilesOutput
from autocrea.contracts.masking import masked
from autocrea.contracts.shapes import Finding, GeneratedFile
from autocrea.contracts.vocabulary import FindingClass
from autocrea.orchestrator.domain.delivery import deliver, owners
from autocrea.orchestrator.domain.documents import Output, files_of
from autocrea.orchestrator.domain.events import Verified
from autocrea.orchestrator.domain.findings import limited
from autocrea.orchestrator.domain.library import Library
from autocrea.orchestrator.domain.saga import Saga

PATHS_NAMED_MAX = 3
SUMMARY_CHARACTERS_MAX = 600


def conclude(
    saga: Saga,
    library: Library,
    *,
    run: int,
    step: StepName,
    attempt: int,
    findings: tuple[Finding, ...],
    report: SecurityReport | None = None,
) -> Verified:
    """The event. Files are chosen now, under the lock, because a parallel step may have completed since the check."""
    material = library.material(saga, step) if saga.verifying(run, step, attempt) else None
    if material is None or any(one.class_ is FindingClass.BLOCKING for one in findings):
        return Verified(run, step, attempt, findings, files=(), dropped=(), summary="")
    files = files_of(step, material.output, material.language, report)
    owned = owners(material.pipeline, material.contract)
    delivery = deliver(step, files, owned=owned, taken=material.taken)
    known = {(one.rule, one.path) for one in findings}
    late = [
        one.model_copy(update={"class_": FindingClass.WARNING})
        for one in delivery.findings
        if (one.rule, one.path) not in known
    ]
    return Verified(
        run,
        step,
        attempt,
        limited([*findings, *late]),
        files=delivery.entries,
        dropped=delivery.dropped,
        summary=_summary(material.output, delivery.files, material.language, report),
    )


def _summary(
    output: Output, files: tuple[GeneratedFile, ...], language: str, report: SecurityReport | None
) -> str:
    if not isinstance(output, FilesOutput):
        model = ApplicationContract if output.kind == "contract" else AuditReport
        said = masked(model.model_validate(output.document).summary)[:SUMMARY_CHARACTERS_MAX]
        return f"{said} {_counted(report, language)}" if report else said
    names = ", ".join(file.path for file in files[:PATHS_NAMED_MAX])
    more = len(files) - PATHS_NAMED_MAX
    if language == "en":
        count = "1 file" if len(files) == 1 else f"{len(files)} files"
        return f"{count}: {names}" + (f" and {more} more." if more > 0 else ".")
    count = "1 archivo" if len(files) == 1 else f"{len(files)} archivos"
    return f"{count}: {names}" + (f" y {more} más." if more > 0 else ".")


def _counted(report: SecurityReport, language: str) -> str:
    """How many findings there are and how many are a scanner's: a model's praise does not stand alone."""
    found = len(report.findings)
    scanned = sum(one.rule is not None for one in report.findings)
    if language == "en":
        return f"Findings: {found}, of which scanners made {scanned}."
    return f"Hallazgos: {found}, de los que {scanned} son de analizadores."
