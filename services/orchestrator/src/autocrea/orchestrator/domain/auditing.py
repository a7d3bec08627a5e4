"""The security report: the model's findings and the scanners', each checked against the files, with secrets masked."""

from collections.abc import Iterable, Mapping

from autocrea.contracts.application import AuditFinding, AuditReport, ReportedFinding, SecurityReport
from autocrea.contracts.masking import masked
from autocrea.contracts.paths import collision_key
from autocrea.contracts.shapes import GeneratedFile
from autocrea.orchestrator.domain.hazard_words import hazard_words
from autocrea.orchestrator.domain.hazards import GRAVEST_FIRST, FileHazards, Hazard

FINDINGS_MAX = 200  # the gravest: a report of more is read by nobody
NEAR_LINES = 1  # a model that means a line may miscount by one

Lines = Mapping[str, tuple[str, int]]


def report(
    audit: AuditReport, files: Iterable[GeneratedFile], hazards: Iterable[FileHazards], language: str
) -> SecurityReport:
    """Merge. A finding on a file that does not exist is left out: whoever reads it could do nothing."""
    known: Lines = {collision_key(file.path): (file.path, file.text.count("\n") + 1) for file in files}
    scanned = tuple(hazards)
    found = [(file.path, hazard) for file in scanned for hazard in file.hazards]
    told = [one for finding in audit.findings if (one := _told(finding, known)) is not None]
    merged: list[ReportedFinding] = []
    for finding in told:
        near = [pair for pair in found if _same(finding, *pair)]
        found = [pair for pair in found if pair not in near]
        merged.append(_confirmed(finding, [hazard for _, hazard in near]))
    merged += [_own(path, hazard, language) for path, hazard in found]
    ordered = sorted(merged, key=lambda one: (GRAVEST_FIRST.index(one.severity), one.file, one.line or 0))
    return SecurityReport(
        summary=masked(audit.summary),
        findings=tuple(ordered[:FINDINGS_MAX]),
        unscanned=tuple(file.path for file in scanned if file.crashed is not None),
    )


def _told(finding: AuditFinding, known: Lines) -> ReportedFinding | None:
    """The model's finding, on a file and a line that exist."""
    place = known.get(collision_key(finding.file))
    if place is None:
        return None
    path, lines = place
    line = finding.line if finding.line is not None and 1 <= finding.line <= lines else None
    texts = {"what": masked(finding.what), "fix": masked(finding.fix)}
    return ReportedFinding(severity=finding.severity, file=path, line=line, by_model=True, **texts)


def _same(finding: ReportedFinding, path: str, hazard: Hazard) -> bool:
    return finding.file == path and finding.line is not None and abs(finding.line - hazard.line) <= NEAR_LINES


def _confirmed(finding: ReportedFinding, hazards: list[Hazard]) -> ReportedFinding:
    """The model's words, as grave as the gravest of both say."""
    if not hazards:
        return finding
    gravest = min(hazards, key=lambda one: GRAVEST_FIRST.index(one.severity))
    severity = min(finding.severity, gravest.severity, key=GRAVEST_FIRST.index)
    return finding.model_copy(update={"severity": severity, "rule": gravest.rule})


def _own(path: str, hazard: Hazard, language: str) -> ReportedFinding:
    words = hazard_words(hazard.rule, hazard.note, language)
    return ReportedFinding(
        severity=hazard.severity,
        file=path,
        line=hazard.line,
        what=masked(words.what),
        fix=words.fix,
        by_model=False,
        rule=hazard.rule,
    )
