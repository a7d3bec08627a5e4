"""A generation's story as a tree for the terminal."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from autocrea.cli.operating.story import Node, Note, Story
from autocrea.cli.texts import say
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.text import Text
from rich.tree import Tree

SHOWN_FIRST = ("run", "step", "attempt", "sequence")
ID_CHARACTERS = 8  # enough to tell a generation's messages apart and to find one in a log


def render(story: Story) -> RenderableType:
    """Header, tree, and what could not be placed."""
    began = story.roots[0].time if story.roots else None
    parts: list[RenderableType] = [Text(_header(story))]
    for root in story.roots:
        tree = Tree(_message(root, began))
        _grow(tree, root, began)
        parts.append(tree)
    if story.unplaced:
        rest = Tree(f"[dim]{escape(say('story_unplaced'))}[/dim]")
        for note in story.unplaced:
            rest.add(_note(note))
        parts.append(rest)
    return Group(*parts)


def _header(story: Story) -> str:
    counted = say("story_counts", **story.counts)
    return say(
        "story_header", state=story.state or say("story_no_saga"), counts=counted, trace=story.trace_id or "-"
    )


def _grow(tree: Tree, node: Node, began: datetime | None) -> None:
    for note in node.notes:
        tree.add(_note(note))
    for child in node.children:
        _grow(tree.add(_message(child, began)), child, began)


def _message(node: Node, began: datetime | None) -> Text:
    after = (node.time - began).total_seconds() if began else 0.0
    owner, _, name = node.type.removesuffix(".v1").partition(".")
    text = Text(f"+{after:7.3f} s  ", style="dim")
    text.append(node.service, style="cyan")
    text.append(f" → {owner}." if owner != node.service else " · ", style="dim")
    text.append(name, style="bold")
    text.append(f"  {_fields(node.data)}  ")
    text.append(node.id[:ID_CHARACTERS], style="dim")
    if not node.sent:
        text.append(f"  {say('story_unsent')}", style="yellow")
    return text


def _fields(data: Mapping[str, Any]) -> str:
    names = [name for name in SHOWN_FIRST if name in data] + [
        name for name in data if name not in SHOWN_FIRST
    ]
    return " ".join(f"{name}={_short(data[name])}" for name in names)


def _short(value: Any) -> str:
    text = str(value)
    return f"{text[:12]}…" if len(text) == 64 else text  # a SHA-256


def _note(note: Note) -> Text:
    row = note.row
    match note.kind:
        case "call":
            shown = (
                f"{row['kind']} {row['provider']}/{row['model']} {row['outcome'] or say('story_open')} "
                f"{row['input_tokens'] or 0}+{row['output_tokens'] or 0} tok "
                f"{row['total_ms'] or 0} ms {row['booking'] or ''} {row['call_id'][:ID_CHARACTERS]}"
            )
            return Text(f"☎ {shown}", style="magenta")
        case "line":
            shown = f"{row['kind']} {row['amount_tokens']} {row['debit_account']} → {row['credit_account']}"
            return Text(f"¤ #{row['entry']} {shown}", style="green")
        case "set":
            sha = _short(row["sha256"])
            shown = say("story_set", state=row["state"], files=row["files"], bytes=row["bytes"], sha256=sha)
            return Text(f"▤ {shown}", style="blue")
        case "archive":
            shown = f"{row['file_name']} {row['state']} {row['bytes'] or ''} {_short(row['sha256'] or '')}"
            return Text(f"▣ {shown}", style="blue")
