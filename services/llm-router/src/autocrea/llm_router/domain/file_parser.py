"""The incremental parser of file blocks: one instance per call, fed with whatever pieces the stream brings.

Between markers it changes nothing: the content is what stands between the newline that ends the FILE line and
the newline before the END line, line ends and missing final newlines included. What is outside blocks is prose
and is dropped.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from autocrea.llm_router.domain.fences import unfenced
from autocrea.llm_router.domain.markers import (
    EXAMPLE_PATH,
    MARKER_LINE_CHARS_MAX,
    Marker,
    Word,
    may_become_marker,
    read_inline_end,
    read_marker,
    undecided_from,
)
from autocrea.llm_router.domain.outputs import Piece

LISTED_PATHS_MAX = 1_000  # five times the files a step may have: a longer list is a loop, not a list


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """A whole file: both its markers arrived."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Rejection:
    """A file that was turned down, with the rule it broke and a sentence for the person."""

    path: str
    rule: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ParsedCall:
    """What one answer held. `listed` is None unless the end marker and its list of paths arrived whole."""

    files: tuple[ParsedFile, ...]
    rejected: tuple[Rejection, ...]
    unclosed: tuple[str, ...]
    listed: tuple[str, ...] | None


class _Mode(Enum):
    OUTSIDE = auto()
    FILE = auto()
    LIST = auto()


@dataclass(slots=True)
class _Open:
    """The file being read. `parts` is None once it is rejected: nothing of it is kept."""

    path: str
    nonce: str
    crlf: bool  # its FILE line ended in CRLF, so the line end before END does as well
    parts: list[str] | None = field(default_factory=list)
    size_bytes: int = 0
    chars: int = 0


Judge = Callable[[str], Rejection | None]


class FileParser:
    """Feed it text, then call `finish`.

    `judge` is asked about each path before anything of its file is kept; a file that outgrows `file_bytes_max` is
    dropped at once, so that memory stays bounded.
    """

    def __init__(
        self, nonce: str, *, judge: Judge, file_bytes_max: int, too_big: Callable[[str], Rejection]
    ) -> None:
        self._nonce = nonce
        self._judge = judge
        self._file_bytes_max = file_bytes_max
        self._too_big = too_big
        self._mode = _Mode.OUTSIDE
        self._held = ""  # the newest text, undecided whether a marker
        self._within_line = False  # part of the current line is decided already
        self._newline = ""  # a newline that belongs to the content unless an END line follows
        self._file: _Open | None = None
        self._pieces: list[Piece] = []
        self._fates: dict[
            str, ParsedFile | Rejection | None
        ] = {}  # None: opened and never closed; the last block wins
        self._guesses: dict[
            str, ParsedFile
        ] = {}  # whole blocks under another nonce: taken where nothing better came
        self._listing: list[str] = []
        self._listed: tuple[str, ...] | None = None

    def feed(self, text: str) -> list[Piece]:
        """Take the next piece of the answer and return the file text that became certain with it."""
        data, at = self._held + text, 0
        while at < len(data):
            if self._file is not None:
                at = self._take_lines(data, at)
            end = data.find("\n", at)
            if end < 0:
                break
            self._end_line(data[at:end])
            at = end + 1
        self._held = self._take_start_of_line(data[at:])
        pieces, self._pieces = self._pieces, []
        return pieces

    def finish(self) -> ParsedCall:
        """Take what is held back as the last line and say what the answer held."""
        self._end_line(self._held)
        self._held = ""
        if self._file is not None:
            self._abandon()
        fates = {**self._guesses, **self._fates}
        return ParsedCall(
            tuple(fate for fate in fates.values() if isinstance(fate, ParsedFile)),
            tuple(fate for fate in fates.values() if isinstance(fate, Rejection)),
            tuple(path for path, fate in fates.items() if fate is None),
            self._listed,
        )

    def _take_lines(self, data: str, at: int) -> int:
        """Inside a file: take all whole lines up to the next one that may hold a marker, in one go."""
        suspect = data.find("<<<", at)
        stop = data.rfind("\n", at, suspect if suspect >= 0 else len(data))
        if stop < 0:
            return at
        self._add(data[at:stop])
        self._newline, self._within_line = "\n", False
        return stop + 1

    def _end_line(self, line: str) -> None:
        """Take the rest of a line, which is complete now."""
        marker = None if self._within_line else read_marker(line)
        if self._mode is _Mode.FILE:
            self._line_of_file(line, marker)
        elif marker is not None:
            self._marker_outside(line, marker)
        elif self._mode is _Mode.LIST and not self._within_line:
            self._list(line)
        self._within_line = False

    def _line_of_file(self, line: str, marker: Marker | None) -> None:
        assert self._file is not None
        if marker is not None and marker.nonce in (self._nonce, self._file.nonce):
            if marker.word is Word.END:
                self._close()
            else:
                self._abandon()
                self._marker_outside(line, marker)
        elif (at := read_inline_end(line, self._nonce)) is not None:
            self._add(line[:at])
            self._close()
        else:
            self._add(line)
            self._newline = "\n"

    def _marker_outside(self, line: str, marker: Marker) -> None:
        if marker.word is Word.FILE:
            self._open(marker, crlf=line.endswith("\r"))
        elif marker.word is Word.DONE:
            self._mode, self._listing = _Mode.LIST, []
        elif self._mode is _Mode.LIST:
            self._listed = tuple(self._listing)
            self._mode = _Mode.OUTSIDE

    def _list(self, line: str) -> None:
        """A longer line is no path, and would be cut away had it come in pieces."""
        if len(self._listing) < LISTED_PATHS_MAX and len(line) <= MARKER_LINE_CHARS_MAX:
            self._listing.append(line)

    def _take_start_of_line(self, part: str) -> str:
        """Decide what can be decided of an unfinished line; return what must wait for more."""
        if self._mode is _Mode.FILE:
            at = undecided_from(part, at_line_start=not self._within_line)
            if at > 0:
                self._add(part[:at])
                self._within_line = True
            return part[at:]
        waits = len(part) <= MARKER_LINE_CHARS_MAX and (self._mode is _Mode.LIST or may_become_marker(part))
        if waits and not self._within_line:
            return part
        self._within_line = True
        return ""

    def _open(self, marker: Marker, *, crlf: bool) -> None:
        self._mode, self._newline = _Mode.FILE, ""
        self._file = _Open(marker.path, marker.nonce, crlf)
        if marker.path == EXAMPLE_PATH:
            self._file.parts = None
        elif (rejection := self._judge(marker.path)) is not None:
            self._reject(rejection)
        else:
            self._pieces.append(Piece(marker.path, 0, ""))

    def _add(self, text: str) -> None:
        file = self._file
        assert file is not None
        text, self._newline = self._newline + text, ""
        if file.parts is None or not text:
            return
        file.size_bytes += len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
        if file.size_bytes > self._file_bytes_max:
            self._reject(self._too_big(file.path))
            return
        file.parts.append(text)
        self._pieces.append(Piece(file.path, file.chars, text))
        file.chars += len(text)

    def _reject(self, rejection: Rejection) -> None:
        assert self._file is not None
        self._file.parts = None
        self._fates[rejection.path] = rejection

    def _close(self) -> None:
        file = self._file
        assert file is not None
        if file.parts is not None:
            text = "".join(file.parts)
            if file.crlf and text.endswith("\r"):
                text = text[:-1]
            fates = self._fates if file.nonce == self._nonce else self._guesses
            fates[file.path] = ParsedFile(file.path, unfenced(file.path, text))
        self._file, self._mode = None, _Mode.OUTSIDE

    def _abandon(self) -> None:
        file = self._file
        assert file is not None
        if file.parts is not None and file.nonce == self._nonce:
            self._fates[file.path] = None
        self._file, self._mode = None, _Mode.OUTSIDE
