"""Letting files leave the database once they are old and the archive that holds them has proved whole."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from autocrea.artifacts.domain.contents import listed_files
from autocrea.artifacts.handlers.read_files import fetched
from autocrea.artifacts.ports import (
    ArchiveReader,
    ObjectMissing,
    ObjectStore,
    RetirableArchive,
    Shelf,
    StoreRefused,
)
from autocrea.chassis.handlers import Job
from autocrea.contracts.paths import MANIFEST_NAME

RETIRE_FILES = "retire_files"
ARCHIVES_AT_ONCE = 100  # of one look into the database

log = logging.getLogger(__name__)


class RetireFiles:
    """An archive is read whole and compared with its hash before anything is let go of on its account.

    What no archive holds stays: the files of runs that did not complete, and of two files with one path the earlier.
    """

    def __init__(
        self,
        shelf: Shelf,
        store: ObjectStore,
        read: ArchiveReader,
        kept: timedelta,
        clock: Callable[[], datetime],
    ) -> None:
        self._shelf = shelf
        self._store = store
        self._read = read
        self._kept = kept
        self._clock = clock

    async def __call__(self, job: Job) -> int:  # noqa: ARG002
        """Returns how many archives serve their files from now on."""
        before, last, retired = self._clock() - self._kept, None, 0
        while archives := await self._shelf.retirable(before, last, ARCHIVES_AT_ONCE):
            for archive in archives:
                retired += await self._retire(archive)
            last = archives[-1]
        return retired

    async def _retire(self, archive: RetirableArchive) -> bool:
        where = {"generation": str(archive.generation_id), "run": archive.run}
        try:
            async with fetched(self._store, archive.generation_id, archive.run) as (body, digest):
                if digest != archive.sha256:
                    log.error("an archive is not what was recorded; its files stay", extra=where)
                    return False
                contents = await asyncio.to_thread(self._read, body, {MANIFEST_NAME})
        except (ObjectMissing, StoreRefused) as error:  # the next one may be read all the same
            log.error("an archive cannot be read; its files stay", extra={**where, "reason": repr(error)})
            return False
        files = listed_files(contents[MANIFEST_NAME])
        await self._shelf.retire(archive.generation_id, archive.run, files)
        return True
