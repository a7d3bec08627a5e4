"""Server-sent events out of bytes, incrementally: the `data` of each event; comments and other fields are skipped."""

import re

EVENT_BYTES_MAX = 1024 * 1024  # a chunk of an answer is a few bytes; one this large is not an event stream

_LINE_END = re.compile(rb"\r\n|\n|\r(?!\Z)")  # a CR at the very end may be half of a CRLF


class NotAnEventStream(Exception):
    """The bytes are no server-sent events; the sentence says why."""


class EventReader:
    """Feed it chunks, cut anywhere; then `finish`, for servers that leave out the last empty line."""

    def __init__(self) -> None:
        self._held = b""
        self._data: list[str] = []
        self._size_bytes = 0
        self._first = True

    def feed(self, chunk: bytes) -> list[str]:
        """The events that are complete now. Raises NotAnEventStream."""
        buffer = self._held + chunk
        events: list[str] = []
        at = 0
        for end in _LINE_END.finditer(buffer):
            self._line(buffer[at : end.start()], events)
            at = end.end()
        self._held = buffer[at:]
        self._check(len(self._held))
        return events

    def finish(self) -> list[str]:
        """What the last lines amount to at the end of the stream."""
        events: list[str] = []
        self._line(self._held.rstrip(b"\r"), events)
        self._line(b"", events)
        self._held = b""
        return events

    def _line(self, line: bytes, events: list[str]) -> None:
        if self._first:
            line, self._first = line.removeprefix(b"\xef\xbb\xbf"), False
        if not line:
            if self._data:
                events.append("\n".join(self._data))
                self._data, self._size_bytes = [], 0
            return
        field, _, value = line.partition(b":")
        if field == b"data":
            self._check(len(value))
            self._size_bytes += len(value)
            self._data.append(value.removeprefix(b" ").decode("utf-8", "replace"))

    def _check(self, more_bytes: int) -> None:
        if self._size_bytes + more_bytes > EVENT_BYTES_MAX:
            raise NotAnEventStream(f"an event is larger than {EVENT_BYTES_MAX} bytes")
