"""The long work of a packaging: read the sets, write the ZIP, put it into the object store."""

import asyncio

from autocrea.artifacts.domain.contents import entries, merge
from autocrea.artifacts.domain.generation import ArchiveState, Package
from autocrea.artifacts.domain.naming import CONTENT_TYPE, object_key
from autocrea.artifacts.handlers import archive_job
from autocrea.artifacts.handlers.read_files import ReadFiles
from autocrea.artifacts.ports import ArchiveWriter, ObjectStore, Shelf
from autocrea.chassis.handlers import Job


class BuildArchive:
    """Runs outside any transaction and may run twice: it overwrites its own object with equal bytes."""

    def __init__(self, shelf: Shelf, files: ReadFiles, store: ObjectStore, write: ArchiveWriter) -> None:
        self._shelf = shelf
        self._files = files
        self._store = store
        self._write = write

    async def __call__(self, job: Job) -> Package | None:
        """Returns what was stored; None when the archive is not to be packaged any more."""
        generation_id, run = archive_job.run_of(job)
        archive = await self._shelf.archive(generation_id, run)
        if archive is None or archive.state is not ArchiveState.PACKAGING:
            return None
        files = merge(await self._files.of_archive(generation_id, run), list(archive.wanted))
        file = await asyncio.to_thread(self._write, entries(generation_id, run, files))
        with file.body:
            await self._store.put(object_key(generation_id, run), file.body, content_type=CONTENT_TYPE)
        return Package(file.sha256, file.bytes, len(files))
