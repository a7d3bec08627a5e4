"""The rules on the contract: what it promises can be written by the steps of this pipeline, and stored."""

from collections import Counter

from autocrea.contracts.application import ApplicationContract
from autocrea.contracts.ids import StepName
from autocrea.contracts.masking import secrets_in
from autocrea.contracts.paths import STEP_FILES_MAX, FileSet, PathRejected, collision_key
from autocrea.contracts.shapes import Finding
from autocrea.contracts.vocabulary import FindingClass
from autocrea.orchestrator.domain.documents import document_paths
from autocrea.orchestrator.domain.findings import finding
from autocrea.orchestrator.domain.pipeline import STEPS_MAX, Pipeline
from pydantic_core import to_json

CONTRACT_BYTES_MAX = 256 * 1024  # every prompt of the run carries it whole, in a message of at most 2 MiB


def check_contract(contract: ApplicationContract, pipeline: Pipeline) -> list[Finding]:
    """What makes a contract impossible to follow."""
    found = _check_paths(contract, pipeline)
    size_bytes = len(to_json(contract))
    if size_bytes > CONTRACT_BYTES_MAX:
        sentence = (
            f"The contract takes {size_bytes} bytes; {CONTRACT_BYTES_MAX} is the most: shorten its examples."
        )
        found.append(finding("contract_too_large", FindingClass.BLOCKING, sentence))
    routes = Counter(f"{route.method} {route.path}" for route in contract.routes)
    if secrets_in(to_json(contract).decode()):
        sentence = "A secret stands in the contract; describe the variable and leave its value out."
        found.append(finding("secret_in_contract", FindingClass.ERROR, sentence))
    names = Counter(one.name for one in contract.env)
    found += [
        finding("env_twice", FindingClass.ERROR, f"The variable {name} is in the contract twice.")
        for name, count in names.items()
        if count > 1
    ]
    if contract.routes and not any(step.serves_routes for step in pipeline.steps):
        sentence = "No step of this pipeline writes a back end that could answer routes; leave them out."
        found.append(finding("route_without_back_end", FindingClass.ERROR, sentence))
    found += _idle_steps(contract, pipeline)
    found += [
        finding("route_twice", FindingClass.ERROR, f"The route {route} is in the contract twice.")
        for route, count in routes.items()
        if count > 1
    ]
    return found


def _check_paths(contract: ApplicationContract, pipeline: Pipeline) -> list[Finding]:
    writers = [step.name for step in pipeline.file_steps]
    documents = {
        collision_key(path): step.name
        for step in pipeline.steps
        if step.output_kind != "files"
        for path in document_paths(step.name)
    }
    admitted = FileSet(files_max=STEP_FILES_MAX * STEPS_MAX)
    found: list[Finding] = []
    for promised in contract.files:
        document = documents.get(collision_key(promised.path))
        if document is not None and document == promised.step:
            continue  # it promises what that step delivers anyway
        if document is not None:
            sentence = f"This file is made from the answer of the step {document}; leave it out."
            found.append(finding("path_reserved", FindingClass.BLOCKING, sentence, path=promised.path))
            continue
        if promised.step not in writers:
            found.append(_unknown_step(promised.path, promised.step, writers))
        try:
            admitted.admit(promised.path, 0)
        except PathRejected as rejected:
            sentence = f"The contract promises a file that cannot be kept: {rejected.sentence}."
            rule = f"path_{rejected.rule}"
            found.append(finding(rule, FindingClass.BLOCKING, sentence, path=promised.path))
    return found


def _idle_steps(contract: ApplicationContract, pipeline: Pipeline) -> list[Finding]:
    busy = {promised.step for promised in contract.files}
    return [
        finding(
            "step_without_files",
            FindingClass.ERROR,
            f"The step {step.name} writes files, and the contract assigns it none.",
        )
        for step in pipeline.file_steps
        if step.name not in busy
    ]


def _unknown_step(path: str, step: StepName, writers: list[StepName]) -> Finding:
    sentence = f"No step {step} writes files in this pipeline; the steps that do are {', '.join(writers)}."
    return finding("step_unknown", FindingClass.BLOCKING, sentence, path=path)
