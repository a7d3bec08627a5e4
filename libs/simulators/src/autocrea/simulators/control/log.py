"""The log of every call that a model simulator received: what the outside checker counts against the books."""

from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any, Literal

# About 30 MB: enough for ten thousand five-step generations of a benchmark before the oldest are forgotten.
ENTRIES_MAX = 50_000
# A prompt may be 2 MiB; whoever wants to read prompts reads the latest ones.
PROMPTS_KEPT_MAX = 50

# open: still being answered; finished: the last byte was sent; refused: an error body was the answer;
# aborted: the client left; dropped: a rule cut the connection.
Outcome = Literal["open", "finished", "refused", "aborted", "dropped"]


@dataclass(slots=True)
class Entry:
    """One call. `bytes_sent` counts the body; `usage` is what was told or, of a cut answer, what was written."""

    id: int
    time: str
    provider: str
    model: str = ""
    project: str = ""
    step: str = ""
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


@dataclass(slots=True)
class CallLog:
    """The last `ENTRIES_MAX` calls, oldest first; `forgotten` says how many are gone."""

    entries: deque[Entry] = field(default_factory=lambda: deque(maxlen=ENTRIES_MAX))
    prompts: dict[int, Any] = field(default_factory=dict)
    ids: "count[int]" = field(default_factory=lambda: count(1))
    forgotten: int = 0

    def open(self, provider: str, call_id: str | None) -> Entry:
        """A new entry, already part of the log: its owner goes on filling it."""
        if len(self.entries) == ENTRIES_MAX:
            self.forgotten += 1
        entry = Entry(next(self.ids), datetime.now(UTC).isoformat(), provider, call_id=call_id)
        self.entries.append(entry)
        return entry

    def keep_prompt(self, entry: Entry, messages: Any) -> None:
        """Remembers the messages of a call for whoever asks for prompts."""
        self.prompts[entry.id] = messages
        while len(self.prompts) > PROMPTS_KEPT_MAX:
            del self.prompts[next(iter(self.prompts))]

    def clear(self) -> int:
        """Forgets everything; says how many calls that were."""
        cleared = len(self.entries)
        self.entries.clear()
        self.prompts.clear()
        self.forgotten = 0
        return cleared

    def shown(self, wanted: dict[str, str], *, prompts: bool) -> Iterator[dict[str, Any]]:
        """The entries whose fields equal the wanted ones (compared as text), oldest first."""
        for entry in self.entries:
            row = asdict(entry)
            if all(str(row[name]) == value for name, value in wanted.items()):
                yield row | ({"messages": self.prompts.get(entry.id)} if prompts else {})
