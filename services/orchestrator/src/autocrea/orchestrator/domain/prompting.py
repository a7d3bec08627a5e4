"""The prompt of an attempt: a prefix that providers can cache, then what this step and this attempt are about.

What does not change comes first: the role and its rules, the request, the contract, the files of earlier steps. Only
then follow the step, its instruction, and what was wrong with the attempt before. Every text that a person or a model
wrote stands in a fence that it cannot close.
"""

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase

from autocrea.contracts.application import ApplicationContract
from autocrea.contracts.ids import StepName
from autocrea.contracts.llm_router.v1 import Prompt
from autocrea.contracts.shapes import Finding, GeneratedFile
from autocrea.orchestrator.domain.documents import pretty_json
from autocrea.orchestrator.domain.markdown import bullets, fenced
from autocrea.orchestrator.domain.pipeline import Pipeline, StepSpec
from pydantic_core import to_json

PROMPT_BYTES_MAX = (
    1_536 * 1024
)  # as JSON; the rest of the 2 MiB of `ExecuteStep` is for prices, envelope and escapes
BYTES_A_TOKEN = 3  # fewer than the four of English prose: code and Spanish take more tokens

_NAMES = {"es": "Spanish", "en": "English"}
# Anything that a reader might take for the fence, however it is spelt.
_FENCE = re.compile(r"[<＜]\s{0,20}(/?)\s{0,20}request\b[^<>]{0,20}[>＞]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Brief:
    """What a prompt is made from. `previous` is the attempt that `findings` are about."""

    project_name: str
    request: str
    language: str
    attempt: int
    contract: ApplicationContract | None
    upstream: tuple[GeneratedFile, ...]
    previous: tuple[GeneratedFile, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Composed:
    """A prompt, and the paths of the files that had no room in it."""

    prompt: Prompt
    omitted: tuple[str, ...]


def compose(pipeline: Pipeline, step: StepName, brief: Brief, *, context_tokens: int) -> Composed:
    """Write the prompt. What must be there always is; files are added whole as long as there is room, then left out.

    `context_tokens` is what the preferred model takes, prompt and answer together.
    """
    spec = pipeline.step(step)
    system = f"{pipeline.system.strip()}\n\nWrite every text for people in {_language(brief.language)}."
    before = [_request(brief), *_contract(spec, brief)]
    task = [_head(spec, brief), *_lists(pipeline, spec, brief)]
    task += [f"## Your task\n\n{spec.instruction.strip()}", *_promises(spec, brief)]
    room = _Room(min(PROMPT_BYTES_MAX, _context_bytes(spec, context_tokens)))
    room.spend(system, *before, *task, *_findings(brief))
    previous = _fitting(room, brief.previous)
    shown = _fitting(room, _wanted(spec, brief.upstream))
    files = [_file(file) for file in shown]
    repair = [*_previous(previous), *_findings(brief)]
    parts = [*before, *files, *_left_out(room), *task, *repair]
    return Composed(Prompt(system=system, user="\n\n".join(parts) + "\n"), tuple(room.omitted))


class _Room:
    """How many bytes are left, and who had to stay outside."""

    def __init__(self, bytes_max: int) -> None:
        self._left = bytes_max
        self.omitted: list[str] = []

    def spend(self, *texts: str) -> None:
        self._left -= sum(len(to_json(text)) for text in texts)

    def takes(self, path: str, text: str) -> bool:
        size_bytes = len(to_json(text))
        if size_bytes > self._left:
            self.omitted.append(path)
            return False
        self._left -= size_bytes
        return True


def _context_bytes(spec: StepSpec, context_tokens: int) -> int:
    answer_tokens = min(spec.output_tokens_max, context_tokens // 2)
    return (context_tokens - answer_tokens) * BYTES_A_TOKEN


def _head(spec: StepSpec, brief: Brief) -> str:
    """The lines by which simulators and people tell prompts apart. One line each, whatever the project is called."""
    return "\n".join(
        (
            "## This step",
            "",
            f"Project: {' '.join(brief.project_name.split())}",
            f"Step: {spec.name}",
            f"Attempt: {brief.attempt}",
            f"Language: {brief.language}",
            f"Kind: {spec.output_kind}",
        )
    )


def _contract(spec: StepSpec, brief: Brief) -> list[str]:
    if not spec.context.contract or brief.contract is None:
        return []
    document = brief.contract.model_dump(mode="json")
    return [f"## Contract\n\n{fenced(pretty_json(document), 'json')}"]


def _lists(pipeline: Pipeline, spec: StepSpec, brief: Brief) -> list[str]:
    parts: list[str] = []
    if spec.output_kind == "contract":
        writers = bullets(f"`{step.name}`: {step.title_en}" for step in pipeline.file_steps)
        parts.append(f"## Steps that write files\n\n{writers}")
    if spec.context.file_list and brief.upstream:
        paths = bullets(f"`{file.path}` ({len(file.text.encode())} bytes)" for file in brief.upstream)
        parts.append(f"## Files written so far\n\n{paths}")
    return parts


def _wanted(spec: StepSpec, files: tuple[GeneratedFile, ...]) -> list[GeneratedFile]:
    """The files that the step asks to see, those of its first pattern first."""
    wanted: dict[str, GeneratedFile] = {}
    for pattern in spec.context.files:
        for file in files:
            if fnmatchcase(file.path, pattern):
                wanted.setdefault(file.path, file)
    return list(wanted.values())


def _fitting(room: _Room, files: "list[GeneratedFile] | tuple[GeneratedFile, ...]") -> list[GeneratedFile]:
    return [file for file in files if room.takes(file.path, _file(file))]


def _file(file: GeneratedFile) -> str:
    return f"## File `{file.path}`\n\n{fenced(file.text)}"


def _left_out(room: _Room) -> list[str]:
    if not room.omitted:
        return []
    paths = bullets(f"`{path}`" for path in room.omitted)
    return [f"## Files not shown, because they would not fit\n\n{paths}"]


def _request(brief: Brief) -> str:
    """The person's words between their fence; words that look like the fence are kept from closing it."""
    words = _FENCE.sub(r"<\\\g<1>request>", brief.request)
    return f"<request>\n{words}\n</request>"


def _promises(spec: StepSpec, brief: Brief) -> list[str]:
    promised = [file for file in brief.contract.files if file.step == spec.name] if brief.contract else []
    if spec.output_kind != "files" or not promised:
        return []
    lines = bullets(
        f"`{file.path}`: {file.purpose}" if file.purpose else f"`{file.path}`" for file in promised
    )
    return [f"The contract assigns these files to you; write every one of them:\n\n{lines}"]


def _previous(files: list[GeneratedFile]) -> list[str]:
    if not files:
        return []
    return ["## Your previous answer", *(_file(file) for file in files)]


def _findings(brief: Brief) -> list[str]:
    if not brief.findings:
        return []
    lines = bullets(_finding(one) for one in brief.findings)
    return [
        f"## Findings to repair\n\nYour previous answer was checked and has these faults:\n\n{lines}\n\n"
        "Give the whole answer once more, complete, with every one of them repaired and the rest as good as it was."
    ]


def _finding(one: Finding) -> str:
    where = f"`{one.path}`" if one.path else ""
    if one.line is not None:
        where += f", line {one.line}"
    return f"{where}: {one.sentence} ({one.rule})" if where else f"{one.sentence} ({one.rule})"


def _language(code: str) -> str:
    return _NAMES.get(code, code)
