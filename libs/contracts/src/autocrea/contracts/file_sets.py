"""The files of one step together: what collides, and how much fits into a message."""

from __future__ import annotations

from typing import Final

from autocrea.contracts.message import CONTENT_BODY_BYTES_MAX
from autocrea.contracts.paths import FileRejected, check_path, collision_key
from autocrea.contracts.texts import flaw
from pydantic_core import to_json

FILE_BYTES_MAX: Final = 512 * 1024
"""A source file larger than this is data, which no step is asked for."""
FILES_MAX: Final = 200
"""Several times the largest application that a person reads."""
TOTAL_BYTES_MAX: Final = 1024 * 1024
"""Half of what a message holds: the other half is for JSON's escapes."""
ESCAPED_BYTES_MAX: Final = CONTENT_BODY_BYTES_MAX - 256 * 1024
"""A text of control characters is six times as long in JSON; the quarter mebibyte is for calls and envelope."""


class FileSet:
    """Admits the files of one set one after the other; of two that collide the first stays."""

    def __init__(
        self,
        *,
        files_max: int = FILES_MAX,
        file_bytes_max: int = FILE_BYTES_MAX,
        total_bytes_max: int = TOTAL_BYTES_MAX,
    ) -> None:
        self._files_max = files_max
        self._file_bytes_max = file_bytes_max
        self._total_bytes_max = total_bytes_max
        self._files: dict[str, str] = {}
        self._folders: dict[str, str] = {}
        self._escaped_bytes = 0
        self.total_bytes = 0

    def check(self, path: str) -> None:
        """Return when a file of this path may begin. Raises FileRejected; changes nothing."""
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

    def admit(self, path: str, text: str) -> None:
        """Count a whole file in. Raises FileRejected; a refused file leaves no trace."""
        self.check(path)
        fault = flaw(text)
        if fault is not None:
            raise FileRejected("text", f"the file {fault}")
        size_bytes = len(text.encode())
        if size_bytes > self._file_bytes_max:
            raise FileRejected("file_too_large", f"the file is larger than {self._file_bytes_max} bytes")
        if self.total_bytes + size_bytes > self._total_bytes_max:
            raise FileRejected("set_too_large", f"the set would be larger than {self._total_bytes_max} bytes")
        escaped_bytes = len(to_json([path, text]))
        if self._escaped_bytes + escaped_bytes > ESCAPED_BYTES_MAX:
            raise FileRejected(
                "set_too_large", f"the set would be larger than {ESCAPED_BYTES_MAX} bytes of JSON"
            )
        key = collision_key(path)
        self._files[key] = path
        self._folders.update(zip(_folders(key), _folders(path), strict=True))
        self.total_bytes += size_bytes
        self._escaped_bytes += escaped_bytes


def _folders(path: str) -> list[str]:
    segments = path.split("/")
    return ["/".join(segments[:count]) for count in range(1, len(segments))]
