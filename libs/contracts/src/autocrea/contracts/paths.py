"""The path guard: which paths a generated file may have, so that it lands inside any folder on any system.

Used by the parser, the verification, the store, the ZIP and the preview. It refuses a file, never a batch,
and never mends a path: what the model wrote is in normal form or refused, with a sentence it can act on.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

FILE_BYTES_MAX: Final = 512 * 1024
"""A source file larger than this is data, which no step is asked for."""
STEP_FILES_MAX: Final = 200
"""Several times the largest application that a person reads."""
STEP_BYTES_MAX: Final = 1024 * 1024
"""Half of what a message holds: the other half is for JSON's escapes."""

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
    "Cn": "an unassigned character",
    "Cs": "half a character",
    "Co": "a private-use character",
    "Zl": "a line separator",
    "Zp": "a paragraph separator",
}


class PathRejected(Exception):
    """A file that is refused: `rule` for machines, `sentence` for the model and for people."""

    def __init__(self, rule: str, sentence: str) -> None:
        super().__init__(sentence)
        self.rule, self.sentence = rule, sentence


class FileRejected(PathRejected):
    """A file whose path is sound and whose set has no room for it: a collision or a limit."""


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


class FileSet:
    """Admits the files of one set one after the other; of two that collide the first stays."""

    def __init__(
        self,
        *,
        files_max: int = STEP_FILES_MAX,
        file_bytes_max: int = FILE_BYTES_MAX,
        total_bytes_max: int = STEP_BYTES_MAX,
    ) -> None:
        self._files_max = files_max
        self._file_bytes_max = file_bytes_max
        self._total_bytes_max = total_bytes_max
        self._files: dict[str, str] = {}
        self._folders: dict[str, str] = {}
        self.total_bytes = 0

    def check(self, path: str) -> None:
        """Return when a file of this path may begin. Raises PathRejected; changes nothing."""
        check_path(path)
        if len(self._files) >= self._files_max:
            raise FileRejected("too_many_files", f"the set already has {self._files_max} files")
        key = collision_key(path)
        same = self._files.get(key)
        if same is not None:
            rule = "duplicate" if same == path else "collision"
            raise FileRejected(rule, f"the set already has {same!r}, the same file to some systems")
        if key in self._folders:
            raise FileRejected("file_and_folder", f"the set already has files in a folder {path!r}")
        for folder, spelling in zip(_folders(key), _folders(path), strict=True):
            if folder in self._files:
                taken = self._files[folder]
                raise FileRejected("file_and_folder", f"the set already has a file {taken!r}, not a folder")
            other = self._folders.get(folder, spelling)
            if other != spelling:
                raise FileRejected("collision", f"the set already has a folder {other!r}, spelt differently")

    def admit(self, path: str, size_bytes: int) -> None:
        """Count a whole file in. Raises PathRejected; a refused file leaves no trace."""
        self.check(path)
        if size_bytes > self._file_bytes_max:
            raise FileRejected("file_too_large", f"the file is larger than {self._file_bytes_max} bytes")
        if self.total_bytes + size_bytes > self._total_bytes_max:
            raise FileRejected("set_too_large", f"the set would be larger than {self._total_bytes_max} bytes")
        key = collision_key(path)
        self._files[key] = path
        self._folders.update(zip(_folders(key), _folders(path), strict=True))
        self.total_bytes += size_bytes


def _folders(path: str) -> list[str]:
    segments = path.split("/")
    return ["/".join(segments[:count]) for count in range(1, len(segments))]


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
