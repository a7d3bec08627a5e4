"""The path guard: which paths a generated file may have, so that it lands inside any folder on any system.

Used by the parser, the verification, the store, the ZIP and the preview. It refuses a file, never a batch,
and never mends a path: what the model wrote is in normal form or refused, with a sentence it can act on.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

PATH_BYTES_MAX: Final = 200
"""Windows takes 260 characters in all; this leaves room for the folder it is extracted into."""
SEGMENT_BYTES_MAX: Final = 100
"""Below the 143 bytes that encrypted home folders leave to a name."""
DEPTH_MAX: Final = 16
"""Deeper than any convention of the frameworks in use."""

MANIFEST_NAME: Final = "autocrea-manifest.json"
"""The archive's own list of its files, which no generated file may replace."""

_WINDOWS_CHARACTERS: Final = re.compile(r'[<>:"|?*]')
_DRIVE: Final = re.compile(r"[A-Za-z]:")
_WINDOWS_NAMES: Final = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$", "clock$"]
    + [f"{device}{digit}" for device in ("com", "lpt") for digit in "0123456789¹²³"]
)
_GIT_NAMES: Final = frozenset([".git", "git~1"])
"""The folder of a repository, also by the short name that Windows gives it."""
_UNSEEN_CATEGORIES: Final = {
    "Cc": "a control character",
    "Cf": "an invisible character",
    "Cs": "half a character",
    "Co": "a private-use character",
    "Zl": "a line separator",
    "Zp": "a paragraph separator",
}


class FileRejected(Exception):
    """A file that is refused: `rule` for machines, `sentence` for the model and for people."""

    def __init__(self, rule: str, sentence: str) -> None:
        super().__init__(sentence)
        self.rule, self.sentence = rule, sentence


class PathRejected(FileRejected):
    """A file is refused for its path alone."""


def check_path(path: str) -> None:
    """Return when `path` is in normal form: relative, forward slashes, NFC, harmless on every system.

    Raises PathRejected.
    """
    if not path:
        raise PathRejected("empty", "the path is empty")
    if len(path) > PATH_BYTES_MAX or len(path.encode(errors="replace")) > PATH_BYTES_MAX:
        raise PathRejected("too_long", f"the path is longer than {PATH_BYTES_MAX} bytes")
    _check_characters(path)
    if path.startswith("/"):
        raise PathRejected("absolute", "the path begins with a slash")
    segments = path.split("/")
    if len(segments) > DEPTH_MAX:
        raise PathRejected("too_deep", f"the path has more than {DEPTH_MAX} segments")
    for segment in segments:
        _check_segment(segment)
    if collision_key(path) == MANIFEST_NAME:
        raise PathRejected("reserved_by_us", f"the name {MANIFEST_NAME} belongs to the archive itself")


def collision_key(path: str) -> str:
    """Equal for two paths that some file system takes for the same: case and composition do not count."""
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", path).casefold())


def _check_characters(path: str) -> None:
    for character in path:
        unseen = _UNSEEN_CATEGORIES.get(unicodedata.category(character))
        if unseen is not None:
            raise PathRejected("control_character", f"the path holds {unseen}, U+{ord(character):04X}")
        if character.isspace() and character != " ":
            raise PathRejected("white_space", f"the path holds an unusual space, U+{ord(character):04X}")
    if "\\" in path:
        raise PathRejected("backslash", "the path holds a backslash; segments are divided by forward slashes")
    if _DRIVE.match(path):
        raise PathRejected("drive", "the path begins with a drive letter")
    found = _WINDOWS_CHARACTERS.search(path)
    if found:
        raise PathRejected("windows_character", f"the path holds {found[0]!r}, which Windows does not take")
    if not unicodedata.is_normalized("NFC", path):
        raise PathRejected("not_nfc", "the path is not in Unicode's composed normal form (NFC)")


def _check_segment(segment: str) -> None:
    if not segment:
        raise PathRejected(
            "empty_segment", "the path has an empty segment: two slashes in a row, or one at its end"
        )
    if segment == "..":
        raise PathRejected("parent", "the path climbs to a parent folder")
    if segment == ".":
        raise PathRejected("dot_segment", "the path has a segment that is a single dot")
    if segment[-1] in ". ":
        raise PathRejected("trailing_dot_or_space", f"the name {segment!r} ends in a dot or a space")
    if segment[0] == " ":
        raise PathRejected("leading_space", f"the name {segment!r} begins with a space")
    if len(segment.encode()) > SEGMENT_BYTES_MAX:
        raise PathRejected("segment_too_long", f"a name in the path is longer than {SEGMENT_BYTES_MAX} bytes")
    folded = segment.casefold()
    if folded.split(".", 1)[0].rstrip(" ") in _WINDOWS_NAMES:
        raise PathRejected("windows_name", f"the name {segment!r} means a device on Windows")
    if folded in _GIT_NAMES:
        raise PathRejected("git_folder", "the path leads into a repository's own folder")
