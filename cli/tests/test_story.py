"""The tree of a generation, put together from what five services tell."""

from io import StringIO
from typing import Any
from uuid import UUID, uuid5

from autocrea.cli.operating.story import Node, put_together
from autocrea.cli.operating.story_text import render
from rich.console import Console

NAMESPACE = UUID(int=7)
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
CALL = {
    "call_id": str(UUID(int=1)),
    "run": 1,
    "step": "backend",
    "attempt": 1,
    "kind": "first",
    "provider": "joxcoder",
    "model": "joxcoder-1",
    "outcome": "completed",
    "input_tokens": 10,
    "output_tokens": 20,
    "total_ms": 5,
    "booking": "billed",
}


def message(name: str, cause: str | None = None, second: int = 0, **data: Any) -> dict[str, Any]:
    """A message as its sender tells it."""
    return {
        "id": str(uuid5(NAMESPACE, name)),
        "type": f"{name}.v1",
        "time": f"2026-01-01T00:00:{second:02}Z",
        "sent_at": None if data.pop("unsent", False) else "2026-01-01T00:01:00Z",
        "causationid": cause and str(uuid5(NAMESPACE, cause)),
        "traceparent": TRACE,
        "data": data,
    }


def line(kind: str, entry: int, step: str | None = None) -> dict[str, Any]:
    """A line of the ledger."""
    accounts = {"debit_account": "a", "credit_account": "b", "amount_tokens": 5}
    return {"kind": kind, "entry": entry, "run": 1, "step": step} | accounts


def tales(**own: Any) -> dict[str, dict[str, Any]]:
    """Five tales of a run with one step; `own` replaces what a service says of its own tables."""
    messages: dict[str, list[dict[str, Any]]] = {
        "gateway": [message("gateway.generation_requested", run=1)],
        "orchestrator": [
            message("billing.reserve_tokens", "gateway.generation_requested", 1, run=1),
            message(
                "llm-router.execute_step", "billing.tokens_reserved", 3, run=1, step="backend", attempt=1
            ),
            message("orchestrator.step_completed", "llm-router.step_executed", 5, run=1, step="backend"),
            message("billing.settle_tokens", "llm-router.step_executed", 6, run=1, unsent=True),
        ],
        "llm-router": [message("llm-router.step_executed", "llm-router.execute_step", 4, run=1)],
        "billing": [message("billing.tokens_reserved", "billing.reserve_tokens", 2, run=1)],
        "artifacts": [],
    }
    return {name: {"messages": told, "own": own.get(name, {})} for name, told in messages.items()}


def outline(node: Node) -> Any:
    """Names and notes of a tree."""
    name = node.type.split(".")[1]
    return name, [note.kind for note in node.notes], [outline(child) for child in node.children]


def test_what_follows_hangs_below_its_cause_when_a_story_is_put_together() -> None:
    story = put_together(
        tales(
            **{"llm-router": {"calls": [CALL]}},
            billing={"lines": [line("hold", 1), line("capture", 2, "backend"), line("release", 3)]},
            orchestrator={"state": "settling"},
        )
    )
    settled = ("settle_tokens", ["line"], [])
    completed = ("step_completed", ["line"], [])
    executed = ("execute_step", ["call"], [("step_executed", [], [completed, settled])])
    reserved = ("reserve_tokens", ["line"], [("tokens_reserved", [], [executed])])
    assert [outline(root) for root in story.roots] == [("generation_requested", [], [reserved])]
    assert story.unplaced == []
    assert story.trace_id == "0af7651916cd43dd8448eb211c80319c"
    assert (story.state, story.counts["messages"], story.counts["line"]) == ("settling", 7, 3)


def test_a_capture_hangs_below_the_settlement_when_no_completed_step_is_kept() -> None:
    told = tales(billing={"lines": [line("capture", 1, "frontend")]})
    story = put_together(told)
    settle = [n for n in _all(story.roots[0]) if n.type == "billing.settle_tokens.v1"]
    assert [note.row["step"] for note in settle[0].notes] == ["frontend"]


def test_rows_are_listed_apart_when_their_messages_have_expired() -> None:
    told = tales(**{"llm-router": {"calls": [CALL]}}, billing={"lines": [line("hold", 1)]})
    for tale in told.values():
        tale["messages"] = []
    story = put_together(told)
    assert story.roots == []
    assert [note.kind for note in story.unplaced] == ["call", "line"]


def test_every_message_and_row_is_on_a_line_of_its_own_when_it_is_shown() -> None:
    told = tales(**{"llm-router": {"calls": [CALL]}}, billing={"lines": [line("hold", 1)]})
    console = Console(width=200, record=True, file=StringIO())
    console.print(render(put_together(told)))
    lines = console.export_text().splitlines()
    assert len(lines) == 1 + 7 + 2
    assert "+  3.000 s  orchestrator → llm-router.execute_step  run=1 step=backend attempt=1" in lines[5]
    assert "joxcoder/joxcoder-1 completed 10+20 tok 5 ms billed" in lines[6]
    assert sum("sin enviar" in one for one in lines) == 1


def _all(node: Node) -> list[Node]:
    return [node, *(found for child in node.children for found in _all(child))]
