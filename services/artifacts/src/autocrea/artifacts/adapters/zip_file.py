"""A ZIP whose bytes depend on its entries alone: fixed order, times, modes and compression; and reading it again."""

import zipfile
from collections.abc import Collection, Iterable
from hashlib import sha256
from tempfile import SpooledTemporaryFile
from typing import IO

from autocrea.artifacts.domain.contents import Entry
from autocrea.artifacts.ports import ArchiveFile

SPOOL_BYTES_MAX = 4 * 1024 * 1024  # a usual archive stays in memory, a larger one goes to disk
ENTRY_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a ZIP can say
ENTRY_MODE = 0o100644  # a regular file that everybody may read
CREATOR_UNIX = (
    3  # makes unzip honour the mode, and does not differ between our own systems as the default does
)
COMPRESSION_LEVEL = 6
READ_BYTES = 256 * 1024


def write_zip(entries: Iterable[Entry]) -> ArchiveFile:
    """An `ArchiveWriter`."""
    body = SpooledTemporaryFile(max_size=SPOOL_BYTES_MAX)  # noqa: SIM115  closed by whoever gets it
    try:
        with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSION_LEVEL) as archive:
            for name, content in entries:
                archive.writestr(_info(name), content, compresslevel=COMPRESSION_LEVEL)
        digest, size = _measure(body)
    except BaseException:
        body.close()
        raise
    return ArchiveFile(body, digest, size)


def read_zip(body: IO[bytes], names: Collection[str] | None = None) -> dict[str, bytes]:
    """An `ArchiveReader`. An archive of ours holds a few MiB, whatever its size says."""
    with zipfile.ZipFile(body) as archive:
        return {name: archive.read(name) for name in archive.namelist() if names is None or name in names}


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, ENTRY_TIME)
    info.create_system = CREATOR_UNIX
    info.external_attr = ENTRY_MODE << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _measure(file: IO[bytes]) -> tuple[str, int]:
    digest, size = sha256(), 0
    file.seek(0)
    while chunk := file.read(READ_BYTES):
        digest.update(chunk)
        size += len(chunk)
    file.seek(0)
    return digest.hexdigest(), size
