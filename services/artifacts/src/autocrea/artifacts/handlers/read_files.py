"""Reading generated files, whether the database still has them or an archive serves them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from hashlib import sha256
from tempfile import SpooledTemporaryFile
from typing import IO

from autocrea.artifacts.domain.contents import PackedFile, ShelvedFile
from autocrea.artifacts.domain.naming import object_key
from autocrea.artifacts.ports import ArchiveReader, ObjectStore, Shelf, StoreRefused
from autocrea.contracts.ids import GenerationId, StepName

SPOOL_BYTES_MAX = 4 * 1024 * 1024  # a usual archive stays in memory, a larger one goes to disk


class ReadFiles:
    """Raises `Unavailable`, `ObjectMissing`, and `StoreRefused` for an archive that is not what it was."""

    def __init__(self, shelf: Shelf, store: ObjectStore, read: ArchiveReader) -> None:
        self._shelf = shelf
        self._store = store
        self._read = read

    async def one(self, generation_id: GenerationId, path: str, step: StepName | None) -> PackedFile | None:
        """The file that came last under a path, of one step if it is named."""
        found = await self._shelf.file(generation_id, path, step)
        return None if found is None else (await self._filled(generation_id, [found]))[0]

    async def of_archive(self, generation_id: GenerationId, run: int) -> list[PackedFile]:
        """Every file of the sets that a run's archive is made of, in no particular order."""
        return await self._filled(generation_id, await self._shelf.files_of_archive(generation_id, run))

    async def newest(self, generation_id: GenerationId) -> list[PackedFile]:
        """Every file of each step's newest stored set, in the order in which the sets came."""
        return await self._filled(generation_id, await self._shelf.newest_files(generation_id))

    async def _filled(self, generation_id: GenerationId, files: Sequence[ShelvedFile]) -> list[PackedFile]:
        wanted: dict[int, set[str]] = {}
        for file in files:
            if file.archived_run is not None:
                wanted.setdefault(file.archived_run, set()).add(file.path)
        archived: dict[tuple[int | None, str], bytes] = {}
        for run, paths in sorted(wanted.items()):
            async with fetched(self._store, generation_id, run) as (body, _):
                contents = await asyncio.to_thread(self._read, body, paths)
            archived |= {(run, path): content for path, content in contents.items()}
        return [_packed(file, archived.get((file.archived_run, file.path))) for file in files]


@asynccontextmanager
async def fetched(
    store: ObjectStore, generation_id: GenerationId, run: int
) -> AsyncIterator[tuple[IO[bytes], str]]:
    """A run's archive as a file, with its SHA-256."""
    digest = sha256()
    with SpooledTemporaryFile(max_size=SPOOL_BYTES_MAX) as body:
        async with store.read(object_key(generation_id, run)) as opened:
            async for chunk in opened.chunks:
                digest.update(chunk)
                body.write(chunk)
        body.seek(0)
        yield body, digest.hexdigest()


def _packed(file: ShelvedFile, archived: bytes | None) -> PackedFile:
    content = archived if file.content is None else file.content
    if content is None or (file.content is None and sha256(content).hexdigest() != file.sha256):
        raise StoreRefused(f"the archive of run {file.archived_run} does not hold what it was to serve")
    return PackedFile(file.step, file.path, file.sha256, content)
