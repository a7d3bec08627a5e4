"""What artifacts needs from outside, in the domain's words: stored files to read, a ZIP, a place for objects."""

from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Protocol

from autocrea.artifacts.domain.byte_range import ByteRange
from autocrea.artifacts.domain.contents import Entry, ListedFile, ShelvedFile
from autocrea.artifacts.domain.generation import Archive
from autocrea.contracts.ids import GenerationId, Sha256, StepName

Chunk = bytes  # the dataclass below has a field of the name `bytes`


class ObjectMissing(Exception):
    """There is no object under this key."""


class StoreRefused(Exception):
    """The object store answered with a no that waiting does not change: wrong credentials, a missing bucket."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object as a listing shows it."""

    key: str
    bytes: int
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class OpenObject:
    """An object, or a range of one, being read."""

    bytes: int
    chunks: AsyncIterator[Chunk]


class ObjectStore(Protocol):
    """S3 or whatever speaks it. A call raises `Unavailable` while the store does not answer, and `StoreRefused`."""

    async def put(self, key: str, body: IO[bytes], *, content_type: str) -> None:
        """Store a whole object in one request, in place of an earlier one under the key."""

    def read(self, key: str, byte_range: ByteRange | None = None) -> AbstractAsyncContextManager[OpenObject]:
        """Open an object, or a range of one that lies inside it. Raises `ObjectMissing`."""

    async def delete(self, keys: Sequence[str]) -> None:
        """Remove objects; one that is not there counts as removed."""

    def objects(self, prefix: str) -> AsyncIterator[StoredObject]:
        """List what begins with a prefix."""

    async def public_url(self, key: str, file_name: str) -> str | None:
        """A link that a browser may use for a short while; None where browsers cannot reach the store."""


@dataclass(frozen=True, slots=True)
class ArchiveFile:
    """A finished ZIP, positioned at its beginning. Whoever gets it closes `body`."""

    body: IO[bytes]
    sha256: Sha256
    bytes: int


class ArchiveWriter(Protocol):
    """Equal entries make equal bytes."""

    def __call__(self, entries: Iterable[Entry]) -> ArchiveFile:
        """Write the entries in the order given. Blocks: call it in a thread."""


class ArchiveReader(Protocol):
    """Reads what an `ArchiveWriter` wrote."""

    def __call__(self, body: IO[bytes], names: Collection[str] | None = None) -> dict[str, bytes]:
        """The contents of these entries, or of all, by name; one that is not there is left out. Blocks."""


@dataclass(frozen=True, slots=True, order=True)
class RetirableArchive:
    """An archive whose files may leave the database. In the order in which they become so."""

    changed_at: datetime
    generation_id: GenerationId
    run: int
    sha256: Sha256


class Shelf(Protocol):
    """Reading what is stored, outside any decision. Raises `Unavailable` while the database does not answer."""

    async def archive(self, generation_id: GenerationId, run: int) -> Archive | None:
        """A run's archive, in whatever state it is."""

    async def files_of_archive(self, generation_id: GenerationId, run: int) -> list[ShelvedFile]:
        """Every file of the sets that a run's archive is made of, in no particular order."""

    async def newest_files(self, generation_id: GenerationId) -> list[ShelvedFile]:
        """Every file of each step's newest stored set, in the order in which the sets came."""

    async def file(self, generation_id: GenerationId, path: str, step: StepName | None) -> ShelvedFile | None:
        """The file that came last under a path, of one step if it is named."""

    async def referenced(self, keys: Sequence[str]) -> set[str]:
        """Which of these object keys belong to an archive that has, or is about to have, an object."""

    async def retirable(
        self, before: datetime, after: RetirableArchive | None, limit: int
    ) -> list[RetirableArchive]:
        """Archives that are ready since before that moment and whose files are still here; those after `after`."""

    async def retire(self, generation_id: GenerationId, run: int, files: Sequence[ListedFile]) -> None:
        """Let go of the content of these files, which a run's archive holds; nothing if it was erased meanwhile."""
