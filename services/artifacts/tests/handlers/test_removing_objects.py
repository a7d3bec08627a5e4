"""Which objects go and which stay, on a real database and a real object store."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from autocrea.artifacts.adapters.repository import GenerationRepository
from autocrea.artifacts.adapters.s3 import S3Store
from autocrea.artifacts.adapters.shelf import DatabaseShelf
from autocrea.artifacts.domain.generation import Package
from autocrea.artifacts.domain.naming import object_key
from autocrea.artifacts.handlers import collect_garbage
from autocrea.artifacts.handlers.collect_garbage import CollectGarbage
from autocrea.artifacts.handlers.delete_objects import DeleteObjects
from autocrea.artifacts.ports import StoreRefused
from autocrea.chassis.database import Database
from autocrea.chassis.handlers import NewJob
from autocrea.contracts.ids import GenerationId

TOMORROW = timedelta(days=1, minutes=1)


async def _put(store: S3Store, *keys: str) -> None:
    for key in keys:
        await store.put(key, io.BytesIO(b"1"), content_type="application/zip")


async def _exist(store: S3Store, *keys: str) -> list[bool]:
    folders = {key.rpartition("/")[0] for key in keys}
    found = {each.key for folder in folders for each in [one async for one in store.objects(f"{folder}/")]}
    return [key in found for key in keys]


async def test_every_object_goes_when_its_generation_was_erased(store: S3Store, story: Any) -> None:
    other = object_key(GenerationId(uuid4()), 1)
    mine = [object_key(story.generation_id, run) for run in (1, 2)]
    await _put(store, *mine, other)
    job = NewJob("delete_objects", "x", payload={"generation_ids": [str(story.generation_id)]})
    assert await DeleteObjects(store)(story.taken(job)) == 2
    assert await _exist(store, *mine, other) == [False, False, True]
    assert await DeleteObjects(store)(story.taken(job)) == 0


async def test_an_old_object_goes_when_no_archive_refers_to_it(
    store: S3Store, database: Database, story: Any
) -> None:
    repository, key = GenerationRepository(), story.generation_id
    async with database.transaction() as connection:
        rows = await repository.load(connection, [key])
        rows[key].want(1, "a.zip", {})
        rows[key].packaged(1, Package("0" * 64, 1, 1))
        await repository.save(connection, rows)
    kept, orphan = object_key(key, 1), object_key(key, 2)
    await _put(store, kept, orphan)
    job = story.taken(NewJob("collect_garbage", "collect_garbage"))

    today = CollectGarbage(DatabaseShelf(database), store, lambda: datetime.now(UTC))
    await today(job)
    assert await _exist(store, kept, orphan) == [True, True]

    tomorrow = CollectGarbage(DatabaseShelf(database), store, lambda: datetime.now(UTC) + TOMORROW)
    assert await tomorrow(job) >= 1
    assert await _exist(store, kept, orphan) == [True, False]


class Locked:
    """A store that deletes all but one object, as a lock on it makes S3 do."""

    def __init__(self, store: S3Store, key: str) -> None:
        self.objects = store.objects
        self._store = store
        self._key = key

    async def delete(self, keys: Sequence[str]) -> None:
        if left := [key for key in keys if key != self._key]:
            await self._store.delete(left)
        if self._key in keys:
            raise StoreRefused(self._key)


async def test_others_go_when_the_store_refuses_to_delete_one(
    store: S3Store, database: Database, new_story: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collect_garbage, "KEYS_MAX", 1)
    ids = sorted(new_story().generation_id for _ in range(2))
    stuck, other = (object_key(id_, 1) for id_ in ids)
    locked: Any = Locked(store, stuck)
    deletion = NewJob("delete_objects", "x", payload={"generation_ids": [str(id_) for id_ in ids]})
    tomorrow = CollectGarbage(DatabaseShelf(database), locked, lambda: datetime.now(UTC) + TOMORROW)
    for remove in (DeleteObjects(locked), tomorrow):
        await _put(store, stuck, other)
        with pytest.raises(StoreRefused):  # an operator is told in the end
            await remove(new_story().taken(deletion))
        assert await _exist(store, stuck, other) == [True, False]
    await store.delete([stuck])
