"""The documents that models yield, as files a person reads: every step ends in the archive."""

import json
from collections.abc import Iterable, Mapping

from autocrea.contracts.application import (
    ApplicationContract,
    AuditReport,
    PromisedFile,
    ReportedFinding,
    SecurityReport,
)
from autocrea.contracts.ids import StepName
from autocrea.contracts.llm_router.v1 import DocumentOutput, FilesOutput
from autocrea.contracts.masking import masked_json
from autocrea.contracts.shapes import GeneratedFile
from autocrea.orchestrator.domain.document_words import WORDS
from autocrea.orchestrator.domain.markdown import bullets, fenced, section, table
from pydantic import JsonValue

Output = FilesOutput | DocumentOutput


def document_paths(step: StepName) -> tuple[str, str]:
    """Where the document of a step stands in the archive: as data and as a page."""
    return f"docs/{step}.json", f"docs/{step}.md"


def files_of(
    step: StepName, output: Output, language: str, report: SecurityReport | None = None
) -> tuple[GeneratedFile, ...]:
    """The files that an output amounts to; of an audit its report's, once there is one. No document shows a secret.

    Raises pydantic's ValidationError for a document that is none.
    """
    if isinstance(output, FilesOutput):
        return output.files
    data_path, page_path = document_paths(step)
    words = WORDS.get(language, WORDS["es"])
    document = masked_json(output.document)
    if output.kind == "contract":
        page = _contract_page(ApplicationContract.model_validate(document), words)
    elif report is None:
        page = _audit_page(AuditReport.model_validate(document), words)
    else:
        document = report.model_dump(mode="json")
        page = _audit_page(report, words)
    return (
        GeneratedFile(path=data_path, text=pretty_json(document)),
        GeneratedFile(path=page_path, text=page),
    )


def pretty_json(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _contract_page(contract: ApplicationContract, words: Mapping[str, str]) -> str:
    parts = [f"# {words['architecture']}", contract.summary]
    if contract.stack:
        parts.append(section(words["stack"], bullets(contract.stack)))
    parts.append(section(words["files"], _files_table(contract.files, words)))
    if contract.routes:
        parts.append(section(words["routes"], _routes(contract, words)))
    if contract.data_model:
        entities = (
            f"### {entity.entity}\n\n"
            + bullets(
                f"`{field.name}`: {field.type}" + ("" if field.required else f" ({words['optional']})")
                for field in entity.fields
            )
            for entity in contract.data_model
        )
        parts.append(section(words["data"], "\n\n".join(entities)))
    if contract.env:
        rows = [
            (f"`{one.name}`", one.purpose, words["secret"] if one.secret else one.example)
            for one in contract.env
        ]
        parts.append(
            section(words["env"], table((words["variable"], words["purpose"], words["example"]), rows))
        )
    if contract.dependencies:
        lines = (f"{one.name}{_version(one.version)} ({one.ecosystem})" for one in contract.dependencies)
        parts.append(section(words["dependencies"], bullets(lines)))
    if contract.ports:
        parts.append(section(words["ports"], bullets(f"{one.service}: {one.port}" for one in contract.ports)))
    if contract.deviations:
        parts.append(section(words["deviations"], bullets(contract.deviations)))
    return "\n\n".join(parts) + "\n"


def _files_table(files: Iterable[PromisedFile], words: Mapping[str, str]) -> str:
    rows = [(f"`{file.path}`", file.step, file.purpose) for file in files]
    return table((words["file"], words["step"], words["purpose"]), rows)


def _routes(contract: ApplicationContract, words: Mapping[str, str]) -> str:
    rows = [(f"`{one.method} {one.path}`", str(one.status), one.summary) for one in contract.routes]
    parts = [table((words["route"], words["status"], words["summary"]), rows)]
    for route in contract.routes:
        shown = [(words["request"], route.request_example), (words["response"], route.response_example)]
        examples = [
            f"{title}:\n\n{fenced(pretty_json(value), 'json')}" for title, value in shown if value is not None
        ]
        if examples:
            parts.append(f"### `{route.method} {route.path}`\n\n" + "\n\n".join(examples))
    return "\n\n".join(parts)


def _audit_page(report: AuditReport | SecurityReport, words: Mapping[str, str]) -> str:
    parts = [f"# {words['audit']}", report.summary]
    if not report.findings:
        parts.append(words["nothing"])
    for found in report.findings:
        where = f"`{found.file}`" + (f", {words['line']} {found.line}" if found.line is not None else "")
        text = f"## {words[found.severity]}: {where}\n\n{found.what}"
        text += f"\n\n**{words['fix']}:** {found.fix}" if found.fix else ""
        parts.append(text + (f"\n\n{_made_by(found, words)}" if isinstance(found, ReportedFinding) else ""))
    if isinstance(report, SecurityReport) and report.unscanned:
        parts.append(section(words["unscanned"], bullets(f"`{path}`" for path in report.unscanned)))
    return "\n\n".join(parts) + "\n"


def _made_by(found: ReportedFinding, words: Mapping[str, str]) -> str:
    if found.rule is None:
        return f"*{words['by_model']}*"
    return f"*{words['by_both' if found.by_model else 'by_scanner']} (`{found.rule}`)*"


def _version(version: str | None) -> str:
    if not version:
        return ""
    return version if version[0] in "<>=~!^" else f" {version}"
