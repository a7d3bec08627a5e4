"""Which bytes a request wants (RFC 9110, section 14): one range, the whole, or none that there are."""

import re
from dataclasses import dataclass

_ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)
"""Several ranges at once are answered with the whole, as HTTP allows. Eighteen digits count more than any file has."""


class RangeNotSatisfiable(Exception):
    """The range asked for begins after the end."""


@dataclass(frozen=True, slots=True)
class ByteRange:
    """From the first byte to the last, both included."""

    first: int
    last: int

    @property
    def bytes(self) -> int:
        return self.last - self.first + 1

    def content_range(self, size_bytes: int) -> str:
        """HTTP's header for an answer of this range."""
        return f"bytes {self.first}-{self.last}/{size_bytes}"


def wanted_range(header: str | None, condition: str | None, etag: str, size_bytes: int) -> ByteRange | None:
    """What `Range` asks for; None for the whole: nothing asked, not understood, or `If-Range` names another content.

    Raises RangeNotSatisfiable.
    """
    found = _ONE_RANGE.fullmatch(header) if header else None
    if found is None or condition not in (None, etag):
        return None
    first, last = found.groups()
    if not first:
        return _the_last(int(last), size_bytes) if last else None
    if last and int(last) < int(first):
        return None
    if int(first) >= size_bytes:
        raise RangeNotSatisfiable
    return ByteRange(int(first), min(int(last or size_bytes), size_bytes - 1))


def _the_last(count: int, size_bytes: int) -> ByteRange:
    if count == 0 or size_bytes == 0:
        raise RangeNotSatisfiable
    return ByteRange(max(size_bytes - count, 0), size_bytes - 1)
