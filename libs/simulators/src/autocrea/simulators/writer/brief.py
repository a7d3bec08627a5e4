"""Reading a prompt: what it asks for, found where the output protocol says that it stands."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Language = Literal["es", "en"]
Assigned = tuple[tuple[str, str], ...]

HEADER_LINES = 5
_HEADED = re.compile(r"^Project: ?[^\n]*\nStep: ", re.MULTILINE)
_HEADER = re.compile(r"(Project|Step|Attempt|Language|Kind): ?(.*)")
_REQUEST = re.compile(r"^<request>\n(.*?)\n?^</request>", re.DOTALL | re.MULTILINE)
_WRITERS = re.compile(r"^## Steps that write files\s*\n+((?:- `\w+`[^\n]*\n?)+)", re.MULTILINE)
_WRITER = re.compile(r"^- `(\w+)`", re.MULTILINE)
_CONTRACT = re.compile(r"^## Contract\s*\n+(`{3,})\w*\n(.*?)^\1", re.DOTALL | re.MULTILINE)
_OUTPUT = "## Output format"
_NONCE = re.compile(r"<<<FILE (\S+) ")
_CLOSED = re.compile(
    r"^<<<FILE (?P<nonce>\S+) (?P<path>[^\n]+)>>>\n.*?^<<<END (?P=nonce)>>>", re.DOTALL | re.MULTILINE
)


class Said(Protocol):
    """A message of the conversation."""

    @property
    def role(self) -> str: ...
    @property
    def content(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Brief:
    """What the prompt says; fields that it does not name are empty. `written` are files of earlier parts.

    `writers` are the steps that write files, as the prompt lists them or as its contract assigns files to them.
    """

    project: str = ""
    step: str = ""
    attempt: int = 0
    language: Language = "es"
    kind: str = ""
    request: str = ""
    nonce: str = ""
    writers: tuple[str, ...] | None = None
    promised: tuple[str, ...] | None = None
    written: tuple[str, ...] = ()


def read_brief(messages: Sequence[Said]) -> Brief:
    """The brief in the first message of the user that holds the header; without one an empty brief.

    What the person wrote is passed over in the search, so that a request cannot play the header.
    """
    prompt = next((m.content for m in messages if m.role == "user" and _headed(m.content) is not None), "")
    header = _header(prompt[_headed(prompt) or 0 :])
    step = header.get("Step", "")
    attempt = header.get("Attempt", "")
    request = _REQUEST.search(prompt)
    nonce = _NONCE.search(prompt[max(prompt.rfind(_OUTPUT), 0) :])
    assigned = _assigned(prompt)
    return Brief(
        project=header.get("Project", ""),
        step=step,
        attempt=int(attempt) if attempt.isdecimal() else 0,
        language="en" if header.get("Language") == "en" else "es",
        kind=header.get("Kind", ""),
        request=request[1].strip() if request else "",
        nonce=nonce[1] if nonce else "",
        writers=_writers(prompt, assigned),
        promised=None if assigned is None else tuple(path for path, owner in assigned if owner == step),
        written=_written(messages),
    )


def _headed(prompt: str) -> int | None:
    """Where the header begins."""
    request = _REQUEST.search(prompt)
    for found in _HEADED.finditer(prompt):
        if request is None or not request.start() <= found.start() < request.end():
            return found.start()
    return None


def _header(prompt: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in prompt.split("\n", HEADER_LINES)[:HEADER_LINES]:
        match = _HEADER.fullmatch(line.rstrip("\r"))
        if match is None:
            break
        found[match[1]] = match[2].strip()
    return found


def _writers(prompt: str, assigned: Assigned | None) -> tuple[str, ...] | None:
    listed = _WRITERS.search(prompt)
    if listed is not None:
        return tuple(_WRITER.findall(listed[1]))
    return None if assigned is None else tuple(dict.fromkeys(owner for _, owner in assigned))


def _assigned(prompt: str) -> Assigned | None:
    """The paths that the contract in the prompt assigns, each with its step; None without a readable contract."""
    fenced = _CONTRACT.search(prompt)
    if fenced is None:
        return None
    try:
        contract: Any = json.loads(fenced[2])
        return tuple((str(file["path"]), str(file.get("step", ""))) for file in contract["files"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _written(messages: Sequence[Said]) -> tuple[str, ...]:
    """Files that earlier parts of this answer closed: the conversation shows them as the assistant's text."""
    earlier = "".join(m.content for m in messages if m.role == "assistant")
    return tuple(found["path"] for found in _CLOSED.finditer(earlier))
