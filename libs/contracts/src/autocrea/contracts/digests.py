"""The digests that two services must compute alike."""

from collections.abc import Iterable
from hashlib import sha256

from autocrea.contracts.ids import Sha256
from autocrea.contracts.shapes import FileEntry, GeneratedFile


def entry(file: GeneratedFile) -> FileEntry:
    """The file without its text."""
    encoded = file.text.encode()
    return FileEntry(path=file.path, sha256=sha256(encoded).hexdigest(), bytes=len(encoded))


def set_sha256(entries: Iterable[FileEntry]) -> Sha256:
    """The digest of a set, whatever its order: that of the sorted lines `sha256sum` prints for its files."""
    lines = sorted(f"{each.sha256}  {each.path}\n" for each in entries)
    return sha256("".join(lines).encode()).hexdigest()
