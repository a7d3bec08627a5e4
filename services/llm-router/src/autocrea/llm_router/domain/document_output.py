"""A JSON document as a step's output: found in an answer, validated, and asked for again with what is wrong."""

import json
import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from autocrea.contracts.application import ApplicationContract, AuditReport
from autocrea.contracts.llm_router.v1 import DocumentOutput, StepLimits
from autocrea.contracts.texts import document_flaw
from autocrea.llm_router.domain import output_format
from autocrea.llm_router.domain.answers import Stop, Turn
from autocrea.llm_router.domain.outputs import Invalid, Piece, Verdict, Whole
from pydantic import BaseModel, ValidationError

STRAY_BRACE_CHARS_MAX = 100  # what follows a brace in prose stops being JSON sooner; a document, later
PLACES_TRIED_MAX = 50  # where a document may be amid fences and prose; each is parsed, and may be validated
VALUES_MAX = (
    20_000  # each may be an error of its own: two million of them take a minute and gigabytes to tell
)
QUOTED_ANSWER_CHARS_MAX = (
    200_000  # a longer invalid answer is not shown to the model again, only what is wrong
)

_THOUGHT = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)  # some servers leave reasoning in the text
_FENCE = re.compile(r"^[ \t]*```(?P<language>[\w-]*)[ \t]*\r?$", re.MULTILINE)


class DocumentReading:
    """One answer that should be a JSON document."""

    def __init__(self, take: Callable[[str, Stop], Verdict]) -> None:
        self._take = take
        self._parts: list[str] = []
        self.chars = 0
        self.bytes = 0

    def feed(self, text: str) -> list[Piece]:
        offset = self.chars
        self._parts.append(text)
        self.chars += len(text)
        self.bytes += len(text.encode("utf-8", "surrogatepass"))
        return [Piece(None, offset, text)] if text else []

    def finish(self, stop: Stop) -> Verdict:
        return self._take("".join(self._parts), stop)


class DocumentGathering:
    """The document of one model."""

    def __init__(self, kind: str, limits: StepLimits) -> None:
        self._kind = kind
        self._shape = shape_of(kind)
        self._limits = limits

    def format(self) -> str:
        return output_format.document_format(self._shape)

    def begin(self) -> DocumentReading:
        return DocumentReading(self._take)

    def _take(self, answer: str, stop: Stop) -> Verdict:
        """Whole when some reading of the answer validates; what surrounds the document is ignored."""
        problems: list[str] = []
        for found in _documents(_THOUGHT.sub("", answer, count=1)):
            document, wrong = (None, [found]) if isinstance(found, str) else self._validated(found)
            if document is not None:
                return Whole(DocumentOutput.model_validate({"kind": self._kind, "document": document}))
            problems = problems or wrong
        if stop is Stop.LENGTH:
            shorter = Turn("user", output_format.write_document_shorter())
            return Invalid((shorter,), "the document ran into the length limit", cut=True)
        problems = problems or ["it holds no JSON object that can be read"]
        again = Turn("user", output_format.write_document_again(problems))
        shown = answer.strip() and len(answer) <= QUOTED_ANSWER_CHARS_MAX
        turns = (Turn("assistant", answer), again) if shown else (again,)
        return Invalid(turns, f"the document is not valid: {problems[0]}")

    def _validated(self, found: dict[str, Any]) -> tuple[dict[str, Any] | None, list[str]]:
        if _has_more_values(found, VALUES_MAX):
            return None, [f"it holds more than {VALUES_MAX} values"]
        try:
            document = self._shape.model_validate(found).model_dump(mode="json")
            encoded = json.dumps(document, ensure_ascii=False).encode()
        except ValidationError as error:
            return None, [
                f"{'.'.join(str(part) for part in one['loc']) or 'the document'}: {one['msg']}"
                for one in error.errors(include_url=False, include_input=False, include_context=False)
            ]
        except (UnicodeEncodeError, RecursionError):
            return None, ["it holds half a character (an unpaired surrogate) or is nested too deeply"]
        if len(encoded) > self._limits.total_bytes_max:
            return None, [f"it is larger than {self._limits.total_bytes_max} bytes"]
        fault = document_flaw(document)
        return (document, []) if fault is None else (None, [f"it {fault}"])


def shape_of(kind: str) -> type[BaseModel]:
    """The shape of a kind of document; raises ValueError for one that is none."""
    match kind:
        case "contract":
            return ApplicationContract
        case "findings":
            return AuditReport
        case _:
            raise ValueError(f"{kind} is no kind of document")


def _has_more_values(document: dict[str, Any], values_max: int) -> bool:
    waiting: list[Any] = [document]
    values = 0
    while waiting and values <= values_max:
        value = waiting.pop()
        if isinstance(value, list | dict):
            values += len(value)
            waiting.extend(value if isinstance(value, list) else value.values())
    return values > values_max


def _documents(text: str) -> Iterator[dict[str, Any] | str]:
    """The JSON objects that the text may mean, the likeliest first: all of it, a fenced part, a part amid prose.

    Where a document began and turned out to be broken, what is wrong with it, and nothing of what it contains.
    """
    for candidate in (text, *islice(_fenced(text), PLACES_TRIED_MAX)):
        whole = _loaded(candidate)
        if whole is not None:
            yield whole
    decoder = json.JSONDecoder(parse_constant=_no_constant)
    at = -1
    for _ in range(PLACES_TRIED_MAX):
        at = text.find("{", at + 1)
        if at < 0:
            return
        try:
            found, end = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            if error.pos - at > STRAY_BRACE_CHARS_MAX:
                yield f"line {error.lineno}, column {error.colno}: {error.msg}"
                return
            continue
        except (ValueError, RecursionError):
            yield "it holds a number that is no JSON, or is nested too deeply"
            return
        yield found
        at = end - 1


def _fenced(text: str) -> Iterator[str]:
    """What stands between a fence and the next one that names no language."""
    opened: int | None = None
    for fence in _FENCE.finditer(text):
        if opened is None:
            opened = fence.end() + 1
        elif not fence["language"]:
            yield text[opened : fence.start()]
            opened = None


def _loaded(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text.strip().removeprefix("\ufeff"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
