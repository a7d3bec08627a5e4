"""The messages for readers: one table of all, one JSON Schema each."""

import json
from pathlib import Path

from autocrea.contracts.catalogue import Entry, catalogue
from autocrea.contracts.message import Service

HEADINGS = "| message | way | from → to | natural key | personal data | what it says |"
_WAY = {"autocrea.events": "event", "autocrea.commands": "command or reply", "autocrea.progress": "progress"}


def files() -> dict[Path, str]:
    """`messages.md` and `schemas/<type>.json`."""
    entries = catalogue()
    found = {Path("messages.md"): _table(entries)}
    for entry in entries:
        schema = entry.message.model_json_schema(mode="serialization")
        text = json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
        found[Path("schemas", f"{entry.message.type}.json")] = text
    return found


def _table(entries: tuple[Entry, ...]) -> str:
    lines = [
        "# The messages",
        "",
        "Generated from `autocrea.contracts` by `make generate`. `event`s are public facts, which the history keeps;",
        "the others are private. The schemas of their `data` are in [schemas](schemas).",
    ]
    for service in Service:
        lines += ["", f"## {service.value}", ""]
        lines += [HEADINGS, "|---|---|---|---|---|---|"]
        lines += [_row(entry) for entry in entries if entry.owner is service]
    return "\n".join(lines) + "\n"


def _row(entry: Entry) -> str:
    message = entry.message
    to = ", ".join(consumer.value for consumer in entry.consumers)
    key = ", ".join(entry.natural_key) or "–"
    personal = ", ".join(entry.personal_data) or "–"
    link = f"[`{message.type}`](schemas/{message.type}.json)"
    way = _WAY[entry.via.value]
    return f"| {link} | {way} | {entry.sender.value} → {to} | {key} | {personal} | {entry.sentence} |"
