"""One generation from the tales of five services: which message caused which, and what hangs on each."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Kind = Literal["call", "line", "set", "archive"]

EXECUTE_STEP = "llm-router.execute_step.v1"
STEP_COMPLETED = "orchestrator.step_completed.v1"
RESERVE_TOKENS = "billing.reserve_tokens.v1"
SETTLE_TOKENS = "billing.settle_tokens.v1"
STORE_STEP_FILES = "artifacts.store_step_files.v1"
PACKAGE_GENERATION = "artifacts.package_generation.v1"


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a message led to and that is no message: a row as its service told it."""

    kind: Kind
    row: Mapping[str, Any]


@dataclass(slots=True)
class Node:
    """A message and what followed from it."""

    id: str
    service: str  # who sent it
    type: str
    time: datetime
    sent: bool
    traceparent: str | None
    data: Mapping[str, Any]
    notes: list[Note] = field(default_factory=list)
    children: list["Node"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Story:
    """A generation. `unplaced` are rows whose message has expired from its sender's outbox."""

    roots: Sequence[Node]
    unplaced: Sequence[Note]
    counts: Mapping[str, int]
    trace_id: str | None
    state: str | None


def put_together(tales: Mapping[str, Mapping[str, Any]]) -> Story:
    """The tree of a generation from what each service tells of it (`GET /operator/story/…`)."""
    nodes = {
        message["id"]: _node(service, message)
        for service, tale in tales.items()
        for message in tale["messages"]
    }
    causes = {
        message["id"]: message["causationid"] for tale in tales.values() for message in tale["messages"]
    }
    roots: list[Node] = []
    for node in sorted(
        nodes.values(), key=lambda node: node.time
    ):  # stable: of one time, as their sender wrote them
        cause = nodes.get(causes[node.id] or "")
        (cause.children if cause else roots).append(node)
    notes = _notes(tales)
    unplaced = _place(notes, nodes.values())
    traced = [node.traceparent for node in roots if node.traceparent]
    counts: dict[str, int] = {kind: sum(note.kind == kind for note in notes) for kind in _PLACES}
    counts |= {"messages": len(nodes), "files": len(tales["artifacts"]["own"].get("files", ()))}
    return Story(
        roots=roots,
        unplaced=unplaced,
        counts=counts,
        trace_id=traced[0].split("-")[1] if traced else None,
        state=tales["orchestrator"]["own"].get("state"),
    )


def _node(service: str, message: Mapping[str, Any]) -> Node:
    return Node(
        id=message["id"],
        service=service,
        type=message["type"],
        time=datetime.fromisoformat(message["time"]),
        sent=message["sent_at"] is not None,
        traceparent=message["traceparent"],
        data=message["data"],
    )


def _notes(tales: Mapping[str, Mapping[str, Any]]) -> list[Note]:
    sizes: dict[tuple[int, str], list[int]] = defaultdict(list)
    stored = tales["artifacts"]["own"]
    for file in stored.get("files", ()):
        sizes[file["run"], file["step"]].append(file["bytes"])
    sets = [
        {**row, "files": len(sizes[row["run"], row["step"]]), "bytes": sum(sizes[row["run"], row["step"]])}
        for row in stored.get("sets", ())
    ]
    return [
        *(Note("call", row) for row in tales["llm-router"]["own"].get("calls", ())),
        *(Note("line", row) for row in tales["billing"]["own"].get("lines", ())),
        *(Note("set", row) for row in sets),
        *(Note("archive", row) for row in stored.get("archives", ())),
    ]


# Where rows hang: under the first of these messages that agrees with the row in the fields named.
_PLACES: Mapping[Kind, Sequence[tuple[str, tuple[str, ...]]]] = {
    "call": ((EXECUTE_STEP, ("run", "step", "attempt")),),
    "line": ((STEP_COMPLETED, ("run", "step")), (RESERVE_TOKENS, ("run",)), (SETTLE_TOKENS, ("run",))),
    "set": ((STORE_STEP_FILES, ("run", "step")),),
    "archive": ((PACKAGE_GENERATION, ("run",)),),
}
_HOLDING, _SETTLING = {"hold"}, {"refund", "release"}


def _place(notes: Sequence[Note], nodes: Iterable[Node]) -> list[Note]:
    by_type: dict[str, list[Node]] = defaultdict(list)
    for node in nodes:
        by_type[node.type].append(node)
    unplaced = []
    for note in notes:
        for type_, fields in _PLACES[note.kind]:
            if note.kind == "line" and not _caused(note.row["kind"], type_):
                continue
            found = next((n for n in by_type[type_] if _agree(n.data, note.row, fields)), None)
            if found is not None:
                found.notes.append(note)
                break
        else:
            unplaced.append(note)
    return unplaced


def _caused(line_kind: str, type_: str) -> bool:
    """Whether a ledger line of this kind can follow from this message: a capture from two of them."""
    if type_ == RESERVE_TOKENS:
        return line_kind in _HOLDING
    return line_kind not in _HOLDING and not (type_ == STEP_COMPLETED and line_kind in _SETTLING)


def _agree(data: Mapping[str, Any], row: Mapping[str, Any], fields: Sequence[str]) -> bool:
    return all(data.get(name) == row.get(name) for name in fields)
