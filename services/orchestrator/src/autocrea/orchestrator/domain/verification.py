"""The rules on an output: what was promised is there, parses, belongs here and agrees with the contract.

Pure: parsers have spoken before. What follows from the facts of files is a rule of `rules/`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass

from autocrea.contracts.application import ApplicationContract, AuditReport, SecurityReport
from autocrea.contracts.ids import StepName
from autocrea.contracts.llm_router.v1 import DocumentOutput
from autocrea.contracts.paths import collision_key
from autocrea.contracts.shapes import Finding, GeneratedFile, RejectedFile
from autocrea.contracts.vocabulary import FindingClass
from autocrea.orchestrator.domain.auditing import report
from autocrea.orchestrator.domain.contract_rules import check_contract
from autocrea.orchestrator.domain.delivery import Delivery, deliver, owners
from autocrea.orchestrator.domain.documents import Output, files_of
from autocrea.orchestrator.domain.facts import FileFacts, Language
from autocrea.orchestrator.domain.findings import finding, limited
from autocrea.orchestrator.domain.hazards import FileHazards
from autocrea.orchestrator.domain.pipeline import Pipeline, StepSpec
from autocrea.orchestrator.domain.rules.environment import check_environment
from autocrea.orchestrator.domain.rules.imports import check_imports
from autocrea.orchestrator.domain.rules.references import check_containers, check_references
from autocrea.orchestrator.domain.rules.routes import check_routes
from autocrea.orchestrator.domain.rules.secret_texts import check_secrets
from autocrea.orchestrator.domain.rules.view import View
from pydantic import ValidationError

# A file that does not parse stops the application from starting; a browser shows a page with a slip in it all the same.
# TypeScript's grammar lags behind its language, and Docker is more tolerant than we: they never fail a step alone.
_BLOCKING_SYNTAX = frozenset[Language]({"python", "javascript", "json", "toml", "yaml"})
_RULES: tuple[Callable[[View], Iterator[Finding]], ...] = (
    check_routes,
    check_imports,
    check_environment,
    check_references,
    check_containers,
    check_secrets,
)
FAULTS_TOLD_MAX = 5


@dataclass(frozen=True, slots=True)
class Material:
    """Everything the rules look at: the output, and what it has to agree with."""

    pipeline: Pipeline
    step: StepName
    language: str
    output: Output
    rejected_files: tuple[RejectedFile, ...]
    contract: ApplicationContract | None
    upstream: Mapping[StepName, tuple[GeneratedFile, ...]]  # the delivered files of every completed step

    @property
    def spec(self) -> StepSpec:
        return self.pipeline.step(self.step)

    @property
    def audits(self) -> bool:
        """Whether the output is the audit of what was written."""
        return self.spec.output_kind == "findings"

    @property
    def written(self) -> tuple[GeneratedFile, ...]:
        """The files of the application so far."""
        return tuple(file for files in self.upstream.values() for file in files)

    @property
    def taken(self) -> tuple[str, ...]:
        """The paths that completed steps have."""
        return tuple(file.path for files in self.upstream.values() for file in files)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification came to: the findings, and of an audit that can be read its report."""

    findings: tuple[Finding, ...]
    report: SecurityReport | None = None


def judge(material: Material, facts: Iterable[FileFacts], hazards: Iterable[FileHazards]) -> Verdict:
    """Every rule on the output; an audit becomes the report with what the scanners found in the same files."""
    scanned = tuple(hazards)
    findings = verify(material, facts)
    if not material.audits or any(one.class_ is FindingClass.BLOCKING for one in findings):
        return Verdict(findings)
    assert isinstance(material.output, DocumentOutput)
    audit = AuditReport.model_validate(material.output.document)
    crashed = [
        finding(
            "scanner_crashed",
            FindingClass.WARNING,
            f"The file was not scanned: {one.crashed}.",
            path=one.path,
        )
        for one in scanned
        if one.crashed is not None
    ]
    made = report(audit, material.written, scanned, material.language)
    return Verdict(limited([*findings, *crashed]), made)


def verify(material: Material, facts: Iterable[FileFacts]) -> tuple[Finding, ...]:
    """Every rule on this output; the gravest findings first."""
    if isinstance(material.output, DocumentOutput):
        return limited(_check_document(material, material.output))
    known = tuple(facts)
    found = _check_files(material, material.output.files)
    found += [one for fact in known for one in _check_facts(fact)]
    view = _view(material, known)
    return limited([*found, *(one for rule in _RULES for one in rule(view))])


def _view(material: Material, facts: tuple[FileFacts, ...]) -> View:
    promised = (file.path for file in material.contract.files) if material.contract else ()
    own = (fact.path for fact in facts)
    return View(material.spec, material.contract, facts, frozenset((*material.taken, *own, *promised)))


def _check_document(material: Material, output: DocumentOutput) -> list[Finding]:
    if output.kind != material.spec.output_kind:
        sentence = f"The answer is a {output.kind}, not a {material.spec.output_kind}."
        return [finding("wrong_kind", FindingClass.BLOCKING, sentence)]
    try:
        if output.kind == "contract":
            contract = ApplicationContract.model_validate(output.document)
            found = check_contract(contract, material.pipeline)
        else:
            found = _check_audit(AuditReport.model_validate(output.document), material)
        rendered = files_of(material.step, output, material.language)
    except ValidationError as error:
        return [
            finding(
                "document_invalid",
                FindingClass.BLOCKING,
                f"{'.'.join(map(str, fault['loc'])) or 'document'}: {fault['msg']}",
            )
            for fault in error.errors(include_url=False, include_input=False, include_context=False)[
                :FAULTS_TOLD_MAX
            ]
        ]
    return [*found, *_deliver(material, rendered).findings]


def _check_audit(report: AuditReport, material: Material) -> list[Finding]:
    known = {collision_key(path) for path in material.taken}
    return [
        finding(
            "audit_of_unknown_file",
            FindingClass.WARNING,
            "The audit speaks of a file that the application does not have; the report leaves it out.",
            path=one.file,
        )
        for one in report.findings
        if collision_key(one.file) not in known
    ]


def _check_files(material: Material, files: tuple[GeneratedFile, ...]) -> list[Finding]:
    if material.spec.output_kind != "files":
        sentence = f"The answer is files, not a {material.spec.output_kind}."
        return [finding("wrong_kind", FindingClass.BLOCKING, sentence)]
    found = [
        finding(
            f"file_{rejected.rule}",
            FindingClass.ERROR,
            f"The file is not kept: {rejected.sentence}.",
            path=rejected.path,
        )
        for rejected in material.rejected_files
    ]
    delivery = _deliver(material, files)
    found += delivery.findings
    if not delivery.files:
        found.append(finding("no_files", FindingClass.BLOCKING, "The answer holds no file that can be kept."))
    return found + _check_promises(material, {file.path for file in delivery.files})


def _deliver(material: Material, files: tuple[GeneratedFile, ...]) -> Delivery:
    owned = owners(material.pipeline, material.contract)
    return deliver(material.step, files, owned=owned, taken=material.taken)


def _check_promises(material: Material, delivered: Set[str]) -> list[Finding]:
    promised = material.contract.files if material.contract else ()
    return [
        finding(
            "file_missing",
            FindingClass.BLOCKING,
            f"The contract promises this file of the step {material.step}; write it.",
            path=one.path,
        )
        for one in promised
        if one.step == material.step and one.path not in delivered
    ]


def _check_facts(fact: FileFacts) -> list[Finding]:
    if fact.crashed is not None:
        sentence = f"The file could not be checked as {fact.language}: {fact.crashed}."
        return [finding("parser_crashed", FindingClass.ERROR, sentence, path=fact.path)]
    if fact.fault is not None:
        sentence = f"Not valid {fact.language}: {fact.fault.sentence}."
        class_ = FindingClass.BLOCKING if fact.language in _BLOCKING_SYNTAX else FindingClass.ERROR
        return [finding(f"syntax_{fact.language}", class_, sentence, path=fact.path, line=fact.fault.line)]
    return []
