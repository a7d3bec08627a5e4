"""The marker lines between which a model writes files: how they are written, and how they are recognised.

Recognition is lenient only where no other reading is possible: the nonce is random per attempt, so a line that
carries it is a marker, however it is spaced or decorated.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

EXAMPLE_PATH = "path/of/file.ext"  # what the instructions show; a block under this name is an echo of them
MARKER_LINE_CHARS_MAX = 1_024  # longer than any accepted path and its marker: bounds what is held back


class Word(StrEnum):
    """What a marker line announces."""

    FILE = "FILE"
    END = "END"
    DONE = "DONE"


@dataclass(frozen=True, slots=True)
class Marker:
    """A recognised marker line. `nonce` is what the model wrote, in lower case; empty when it left it out."""

    word: Word
    nonce: str
    path: str = ""


def file_line(nonce: str, path: str) -> str:
    return f"<<<FILE {nonce} {path}>>>"


def end_line(nonce: str) -> str:
    return f"<<<END {nonce}>>>"


def done_line(nonce: str) -> str:
    return f"<<<DONE {nonce}>>>"


DECORATION = " \t`*#"  # what weaker models put around a marker: indentation, code spans, bold, headings
_BLANK = " \t"
# Nothing in these is tried twice over (`++`, `?+`): a model, or whoever prompts it, decides what a line looks like.
_GAP = r"(?:[ \t]++(?::[ \t]++)?+|:[ \t]++)"
_NONCE = r"(?P<nonce>[0-9A-Fa-f]{4,16})"  # also a misremembered one
_FILE = re.compile(rf"FILE{_GAP}{_NONCE}{_GAP}(?P<path>\S.*)", re.IGNORECASE)
_DONE = re.compile(rf"DONE{_GAP}{_NONCE}", re.IGNORECASE)
_END = re.compile(rf"END(?:{_GAP}(?:FILE{_GAP})?+{_NONCE}(?:{_GAP}.*)?+)?+[ \t]*+", re.IGNORECASE)
_QUOTES = ("`", '"', "'")


def read_marker(line: str) -> Marker | None:
    """Recognise a marker that fills a whole line (without its newline), or return None."""
    if "<<<" not in line or len(line) > MARKER_LINE_CHARS_MAX:
        return None
    framed = line.removesuffix("\r").strip(DECORATION)
    if not framed.startswith("<<<") or not framed.endswith(">>>"):
        return None
    inner = framed[3:-3].lstrip(_BLANK)
    if "<<<" in inner:  # a second marker on the same line makes neither of them one
        return None
    if found := _FILE.fullmatch(inner.rstrip(_BLANK)):
        return Marker(Word.FILE, found["nonce"].lower(), unquoted(found["path"]))
    if found := _DONE.fullmatch(inner.rstrip(_BLANK)):
        return Marker(Word.DONE, found["nonce"].lower())
    if found := _END.fullmatch(inner):
        return Marker(Word.END, (found["nonce"] or "").lower())
    return None


def read_inline_end(line: str, nonce: str) -> int | None:
    """Where an end marker with this nonce begins that shares its line with the file's last text, or None."""
    at = line.rfind("<<<")
    if at < 0:
        return None
    marker = read_marker(line[at:])
    return at if marker is not None and marker.word is Word.END and marker.nonce == nonce else None


def unquoted(path: str) -> str:
    """A path without the pair of quotes or backticks that some models wrap it in."""
    for quote in _QUOTES:
        if len(path) > 2 and path.startswith(quote) and path.endswith(quote):
            return path[1:-1]
    return path


def may_become_marker(line_start: str) -> bool:
    """Whether the beginning of a line can still turn out to be a marker."""
    if len(line_start) > MARKER_LINE_CHARS_MAX:
        return False
    rest = line_start.lstrip(DECORATION)
    return "<<<".startswith(rest[:3])


def undecided_from(part: str, *, at_line_start: bool) -> int:
    """From which index on the unfinished part of a line inside a file may still turn out to be a marker."""
    at = part.rfind("<<<")
    if at < 0:
        at = max(len(part.rstrip("<")), len(part) - 2)
    if len(part) - at > MARKER_LINE_CHARS_MAX:
        return len(part)
    if at_line_start and not part[:at].strip(DECORATION) and len(part) <= MARKER_LINE_CHARS_MAX:
        return 0  # decoration belongs to the marker, should one follow
    return at
