"""The rules on an output: what was promised is there, parses and belongs here. Pure: parsers have spoken before."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from autocrea.contracts.application import ApplicationContract, AuditReport
from autocrea.contracts.ids import StepName
from autocrea.contracts.llm_router.v1 import DocumentOutput
from autocrea.contracts.paths import collision_key
from autocrea.contracts.shapes import Finding, GeneratedFile, RejectedFile
from autocrea.contracts.vocabulary import FindingClass
from autocrea.orchestrator.domain.contract_rules import check_contract
from autocrea.orchestrator.domain.delivery import Delivery, deliver, owners
from autocrea.orchestrator.domain.documents import Output, files_of
from autocrea.orchestrator.domain.facts import FileFacts, Language
from autocrea.orchestrator.domain.findings import finding, limited
from autocrea.orchestrator.domain.pipeline import Pipeline, StepSpec
from pydantic import ValidationError

# A file that does not parse stops the application from starting; a browser shows a page with a slip in it all the same.
_SYNTAX_CLASS: Mapping[Language, FindingClass] = {
    "python": FindingClass.BLOCKING,
    "json": FindingClass.BLOCKING,
    "toml": FindingClass.BLOCKING,
    "yaml": FindingClass.BLOCKING,
    "html": FindingClass.ERROR,
}
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
    def taken(self) -> tuple[str, ...]:
        """The paths that completed steps have."""
        return tuple(file.path for files in self.upstream.values() for file in files)


def verify(material: Material, facts: Iterable[FileFacts]) -> tuple[Finding, ...]:
    """Every rule on this output; the gravest findings first."""
    if isinstance(material.output, DocumentOutput):
        found = _check_document(material, material.output)
    else:
        found = _check_files(material, material.output.files)
    return limited([*found, *(one for fact in facts for one in _check_facts(fact))])


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
            "The audit speaks of a file that the application does not have.",
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
        class_ = _SYNTAX_CLASS[fact.language]
        return [finding(f"syntax_{fact.language}", class_, sentence, path=fact.path, line=fact.fault.line)]
    return []
