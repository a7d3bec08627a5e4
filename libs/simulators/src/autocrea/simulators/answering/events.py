"""Server-sent events as bytes, framed as a rule wants them: in ways that the standard allows and few servers use."""

import json
from collections.abc import Iterable

from autocrea.simulators.answering.wire import Event
from autocrea.simulators.control.effect import Framing

COMMENT = "a comment that says nothing"
SURPRISE = Event({"type": "surprise", "note": "readers pass over events that they do not know"}, "surprise")


class Framer:
    """Turns events into bytes. That `no_end` leaves out the end marker is the player's business."""

    def __init__(self, framing: Iterable[Framing] = ()) -> None:
        self._framing = frozenset(framing)
        self._line_end = "\r\n" if "crlf" in self._framing else "\r" if "cr" in self._framing else "\n"

    def framed(self, event: Event) -> bytes:
        """One event as it goes over the wire."""
        before = [SURPRISE] if "unknown_events" in self._framing else []
        return b"".join(self._encoded(one) for one in [*before, event])

    def broken(self, event: Event) -> bytes:
        """The event with its JSON cut off in the middle."""
        whole = self._data(event)
        lines = [*self._head(event), self._field("data", whole[: len(whole) // 2].partition("\n")[0])]
        return self._ended(lines)

    def _encoded(self, event: Event) -> bytes:
        lines = self._head(event)
        lines += [self._field("data", line) for line in self._data(event).split("\n")] if event.data else []
        return self._ended(lines)

    def _head(self, event: Event) -> list[str]:
        comment = event.comment or (COMMENT if "comments" in self._framing else None)
        lines = [f": {comment}"] if comment else []
        return lines + ([self._field("event", event.name)] if event.name else [])

    def _data(self, event: Event) -> str:
        if isinstance(event.data, str):
            return event.data
        indent, separators = (0, (",", ": ")) if "split_lines" in self._framing else (None, (",", ":"))
        return json.dumps(event.data, ensure_ascii=False, indent=indent, separators=separators)

    def _field(self, name: str, value: str) -> str:
        return f"{name}:{value}" if "no_space" in self._framing else f"{name}: {value}"

    def _ended(self, lines: list[str]) -> bytes:
        return "".join(f"{line}{self._line_end}" for line in [*lines, ""]).encode()
