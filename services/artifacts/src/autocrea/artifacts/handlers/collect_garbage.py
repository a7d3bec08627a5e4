"""Removing objects that no archive refers to: left by packagings that were given up, or by people."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta

from autocrea.artifacts.domain.naming import ARCHIVES_PREFIX
from autocrea.artifacts.ports import ObjectStore, Shelf, StoreRefused
from autocrea.chassis.handlers import Job

COLLECT_GARBAGE = "collect_garbage"
UNREFERENCED_AFTER = timedelta(
    days=1
)  # far longer than any packaging runs, so a new object is never taken for garbage
KEYS_MAX = 500  # of one look into the database


class CollectGarbage:
    """Touches nothing outside the prefix of archives."""

    def __init__(self, shelf: Shelf, store: ObjectStore, clock: Callable[[], datetime]) -> None:
        self._shelf = shelf
        self._store = store
        self._clock = clock

    async def __call__(self, job: Job) -> int:  # noqa: ARG002
        """Returns how many objects were removed; what the store refused is told once the others are gone."""
        removed, refused = 0, None
        async for keys in self._old_keys():
            try:
                removed += await self._sweep(keys)
            except StoreRefused as error:
                refused = error
        if refused is not None:
            raise refused
        return removed

    async def _old_keys(self) -> AsyncIterator[list[str]]:
        oldest, keys = self._clock() - UNREFERENCED_AFTER, list[str]()
        async for found in self._store.objects(ARCHIVES_PREFIX):
            if found.modified_at < oldest:
                keys.append(found.key)
            if len(keys) == KEYS_MAX:
                yield keys
                keys = []
        if keys:
            yield keys

    async def _sweep(self, keys: list[str]) -> int:
        referenced = await self._shelf.referenced(keys)
        garbage = [key for key in keys if key not in referenced]
        if garbage:
            await self._store.delete(garbage)
        return len(garbage)
