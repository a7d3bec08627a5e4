"""The log of every call that a model simulator received: what the outside checker counts against the books.

It holds neither keys nor what prompts and answers say.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any, Literal

# About 30 MB: enough for ten thousand five-step generations of a benchmark before the oldest are forgotten.
ENTRIES_MAX = 50_000

# open: still being answered; finished: the last byte was sent; refused: something else came instead of an answer;
# failed: a rule put an error into the stream; aborted: the client left; dropped: a rule cut the connection.
Outcome = Literal["open", "finished", "refused", "failed", "aborted", "dropped"]


@dataclass(slots=True)
class Entry:
    """One call. `bytes_sent` counts the body; `usage` is what was told or, of a cut answer, what was written."""

    id: int
    time: datetime
    provider: str
    model: str = ""
    project: str = ""
    step: str = ""
    user: str = ""
    attempt: int = 0
    kind: str = ""
    call_id: str | None = None
    stream: bool = False
    status: int = 0
    bytes_sent: int = 0
    outcome: Outcome = "open"
    finish_reason: str | None = None
    error_code: str | None = None
    rule: int | None = None
    usage: dict[str, int] | None = None
    duration_ms: int | None = None
    ended: datetime | None = None  # of an aborted call: when the client's leaving was noticed

    def end(self, outcome: Outcome) -> None:
        """Nothing more comes."""
        self.outcome, self.ended = outcome, datetime.now(UTC)
        self.duration_ms = round((self.ended - self.time).total_seconds() * 1000)

    def shown(self) -> dict[str, Any]:
        """As the API shows it: times as text that sorts."""
        return {name: _shown(value) for name, value in asdict(self).items()}


@dataclass(slots=True)
class CallLog:
    """The last `ENTRIES_MAX` calls, oldest first; `forgotten` says how many are gone."""

    entries: deque[Entry] = field(default_factory=lambda: deque(maxlen=ENTRIES_MAX))
    ids: "count[int]" = field(default_factory=lambda: count(1))
    forgotten: int = 0

    def open(self, provider: str, call_id: str | None) -> Entry:
        """A new entry, already part of the log: its owner goes on filling it."""
        if len(self.entries) == ENTRIES_MAX:
            self.forgotten += 1
        entry = Entry(next(self.ids), datetime.now(UTC), provider, call_id=call_id)
        self.entries.append(entry)
        return entry

    def clear(self) -> int:
        """Forgets everything; says how many calls that were."""
        cleared = len(self.entries)
        self.entries.clear()
        self.forgotten = 0
        return cleared

    def shown(self, wanted: dict[str, str]) -> dict[str, Any]:
        """The calls whose fields equal the wanted ones (compared as text), and how many of them ran at once."""
        entries = [
            entry
            for entry in self.entries
            if all(str(_shown(getattr(entry, name))) == value for name, value in wanted.items())
        ]
        calls = [entry.shown() for entry in entries]
        return {"calls": calls, "concurrent_max": concurrent_max(entries), "forgotten": self.forgotten}


def concurrent_max(entries: Iterable[Entry]) -> dict[str, int]:
    """For each provider, how many of these calls it was answering at the same time, at most."""
    now = datetime.now(UTC)
    marks = [(entry.time, 1, entry.provider) for entry in entries]
    marks += [(entry.ended or now, -1, entry.provider) for entry in entries]
    running: dict[str, int] = {}
    highest: dict[str, int] = {}
    for _, change, provider in sorted(marks):  # at the same moment, ends come first
        running[provider] = running.get(provider, 0) + change
        highest[provider] = max(highest.get(provider, 0), running[provider])
    return highest


def _shown(value: Any) -> Any:
    return value.isoformat(timespec="microseconds") if isinstance(value, datetime) else value
