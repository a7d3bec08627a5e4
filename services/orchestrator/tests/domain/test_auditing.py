"""The security report: the model's findings and the scanners', each checked, merged and masked."""

from autocrea.contracts.application import AuditFinding, AuditReport
from autocrea.contracts.ids import StepName
from autocrea.contracts.llm_router.v1 import DocumentOutput
from autocrea.contracts.shapes import GeneratedFile
from autocrea.contracts.vocabulary import FindingClass
from autocrea.orchestrator.domain.auditing import FINDINGS_MAX, report
from autocrea.orchestrator.domain.documents import files_of
from autocrea.orchestrator.domain.findings import finding
from autocrea.orchestrator.domain.hazards import FileHazards, Hazard
from autocrea.orchestrator.domain.verification import judge
from saga_values import AUDIT_DOCUMENT
from written_applications import material

KEY = "AKIAQ3EGPLVT2K5JXW7N"
FILES = (
    GeneratedFile(path="backend/main.py", text="a\nb\nc\nd\ne\nf"),
    GeneratedFile(path="app.js", text="x"),
)


def said(**changes: object) -> AuditFinding:
    fields: dict[str, object] = {
        "severity": "low",
        "file": "backend/main.py",
        "line": 2,
        "what": "Eval",
        **changes,
    }
    return AuditFinding.model_validate(fields)


def audit(*findings: AuditFinding, summary: str = "Bien.") -> AuditReport:
    return AuditReport(summary=summary, findings=findings)


def hazard(line: int, rule: str = "bandit:B307", severity: str = "medium") -> FileHazards:
    return FileHazards("backend/main.py", (Hazard(rule, severity, line),))  # type: ignore[arg-type]


def test_scanner_speaks_where_the_model_is_silent() -> None:
    (one,) = report(audit(), FILES, [hazard(5)], "es").findings
    assert (one.by_model, one.rule, one.line, one.severity) == (False, "bandit:B307", 5, "medium")
    assert one.what == "Se evalúa un texto como código."
    (english,) = report(audit(), FILES, [hazard(5)], "en").findings
    assert english.what == "A text is evaluated as code."


def test_one_finding_is_made_of_two_on_the_same_line_as_grave_as_the_graver() -> None:
    (one,) = report(audit(said()), FILES, [hazard(3)], "es").findings
    assert (one.by_model, one.rule, one.line, one.severity, one.what) == (
        True,
        "bandit:B307",
        2,
        "medium",
        "Eval",
    )


def test_model_is_not_believed_a_file_or_line_that_is_not_there() -> None:
    made = report(audit(said(file="gone.py"), said(line=99, what="Far")), FILES, [], "es")
    assert [(one.file, one.line, one.what) for one in made.findings] == [("backend/main.py", None, "Far")]


def test_gravest_come_first_and_only_so_many() -> None:
    many = [FileHazards("app.js", tuple(Hazard(f"r{n}", "low", n + 1) for n in range(FINDINGS_MAX)))]
    made = report(audit(said(severity="critical")), FILES, many, "es")
    assert made.findings[0].severity == "critical"
    assert len(made.findings) == FINDINGS_MAX


def test_secret_is_masked_wherever_the_model_quotes_it() -> None:
    made = report(
        audit(said(what=f"{KEY} is in it", fix=f"Remove {KEY}"), summary=f"See {KEY}"), FILES, [], "es"
    )
    output = DocumentOutput(kind="findings", document={"summary": f"See {KEY}", "findings": []})
    shown = [*files_of(StepName("security_audit"), output, "es", made)]
    shown += files_of(StepName("security_audit"), output, "es")
    assert KEY not in "".join(file.text for file in shown)
    assert "AKIA••••" in shown[1].text


def test_page_tells_who_noted_what_and_what_was_not_scanned() -> None:
    crashed = FileHazards("app.js", crashed="its parser died")
    made = report(audit(said(), said(line=6, what="Other")), FILES, [hazard(2), crashed], "es")
    output = DocumentOutput(kind="findings", document=AUDIT_DOCUMENT)
    (_, page) = files_of(StepName("security_audit"), output, "es", made)
    assert "*Lo señalan el modelo y un analizador (`bandit:B307`)*" in page.text
    assert "*Lo señala el modelo.*" in page.text
    assert "## Archivos que ningún analizador pudo leer\n\n- `app.js`" in page.text


class TestJudged:
    """The verdict on the audit of a written application."""

    def test_audit_becomes_a_report_of_the_model_and_the_scanners(self) -> None:
        looked_at = material("security_audit")
        verdict = judge(looked_at, (), [FileHazards("backend/main.py", (Hazard("any_origin", "high", 3),))])
        assert verdict.findings == ()
        assert verdict.report is not None
        assert verdict.report.findings[0].rule == "any_origin"
        assert sum(one.by_model for one in verdict.report.findings) == len(verdict.report.findings) - 1

    def test_crashed_scanner_is_a_warning(self) -> None:
        crashed = FileHazards("backend/main.py", crashed="its parser died")
        (one,) = judge(material("security_audit"), (), [crashed]).findings
        assert (one.rule, one.class_, one.path) == ("scanner_crashed", "warning", "backend/main.py")

    def test_step_that_writes_files_has_no_report(self) -> None:
        assert judge(material("backend"), (), ()).report is None


def test_finding_shows_no_secret_whatever_a_parser_quotes() -> None:
    one = finding("syntax_python", FindingClass.ERROR, f"Not valid python: unexpected {KEY}.")
    assert one.sentence == "Not valid python: unexpected AKIA••••."
