"""Old files leave the database only for an archive that has proved to hold them, and are read all the same."""

import io
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from autocrea.artifacts.adapters.zip_file import read_zip, write_zip
from autocrea.artifacts.domain.contents import entries, merge
from autocrea.artifacts.domain.naming import object_key
from autocrea.artifacts.handlers.retire_files import RetireFiles
from autocrea.artifacts.ports import ObjectMissing, StoreRefused
from autocrea.chassis.handlers import NewJob
from autocrea.contracts.paths import MANIFEST_NAME

KEPT = timedelta(days=30)
LATER = timedelta(days=30, minutes=1)
BACKEND = {"app/ñandú.py": "print('hola')\r\n\x00", "README.md": "back"}
FRONTEND = {"index.html": "<h1>🦙</h1>", "README.md": "front"}


async def _sweep(workshop: Any, story: Any, *, after: timedelta = LATER) -> int:
    retire = RetireFiles(workshop.shelf, workshop.store, read_zip, KEPT, lambda: datetime.now(UTC) + after)
    return await retire(story.taken(NewJob("retire_files", "retire_files")))


async def _in_the_database(workshop: Any, story: Any) -> set[tuple[int, str, str]]:
    """Run, step and path of every content that the table still holds."""
    query = "SELECT run, step, path FROM files WHERE generation_id = $1 AND content IS NOT NULL"
    async with workshop.database.connection() as connection:
        return {tuple(row) for row in await connection.fetch(query, story.generation_id)}


@pytest.fixture
async def packaged(workshop: Any, story: Any) -> bytes:
    """Two steps of which both wrote a README."""
    await workshop.keep(story, "backend", BACKEND)
    await workshop.keep(story, "frontend", FRONTEND)
    return bytes(await workshop.package(story))


async def test_every_text_is_read_as_before_when_its_archive_serves_it(
    workshop: Any, story: Any, packaged: bytes
) -> None:
    before = await workshop.files.newest(story.generation_id)
    assert await _sweep(workshop, story) >= 1
    assert await _in_the_database(workshop, story) == {(1, "backend", "README.md")}, "which no archive holds"
    assert await workshop.files.newest(story.generation_id) == before
    for step, files in (("backend", BACKEND), ("frontend", FRONTEND)):
        for path, text in files.items():
            found = await workshop.files.one(story.generation_id, path, step)
            assert (found.content.decode(), found.step) == (text, step)
    assert await workshop.files.one(story.generation_id, "otro.py", None) is None


async def test_nothing_is_done_twice_when_the_sweep_comes_again(
    workshop: Any, story: Any, packaged: bytes
) -> None:
    await _sweep(workshop, story)
    await workshop.store.delete([object_key(story.generation_id, 1)])  # a second look would log an error
    assert await _sweep(workshop, story) == 0


async def test_files_stay_when_their_archive_is_young(workshop: Any, story: Any, packaged: bytes) -> None:
    await _sweep(workshop, story, after=KEPT - timedelta(minutes=1))
    assert len(await _in_the_database(workshop, story)) == 4


@pytest.mark.parametrize("damage", ["gone", "other bytes"])
async def test_files_stay_when_their_archive_is_not_what_was_recorded(
    workshop: Any, story: Any, packaged: bytes, damage: str
) -> None:
    key = object_key(story.generation_id, 1)
    if damage == "gone":
        await workshop.store.delete([key])
    else:
        await workshop.store.put(key, io.BytesIO(packaged[:-1] + b"x"), content_type="application/zip")
    await _sweep(workshop, story)
    assert len(await _in_the_database(workshop, story)) == 4


async def test_files_stay_when_no_archive_was_made_of_them(workshop: Any, story: Any) -> None:
    await workshop.keep(story, "backend", BACKEND)
    await _sweep(workshop, story)
    assert len(await _in_the_database(workshop, story)) == 2


async def test_a_later_run_is_packaged_when_the_sets_it_reuses_have_retired(
    workshop: Any, story: Any, packaged: bytes
) -> None:
    """A run whose terminal came before its archive: the next one wants the same sets."""
    await _sweep(workshop, story)
    again = await workshop.package(story, run=2)
    with zipfile.ZipFile(io.BytesIO(packaged)) as first, zipfile.ZipFile(io.BytesIO(again)) as second:
        names = set(first.namelist())
        assert names == set(second.namelist())
        for name in names - {MANIFEST_NAME}:
            assert first.read(name) == second.read(name)


async def test_a_partial_archive_is_the_same_when_its_files_have_retired(
    workshop: Any, story: Any, packaged: bytes
) -> None:
    async def partial() -> str:
        files = merge(await workshop.files.newest(story.generation_id), ["backend", "frontend"])
        made = write_zip(entries(story.generation_id, None, files))
        made.body.close()
        return made.sha256

    before = await partial()
    await _sweep(workshop, story)
    assert await partial() == before


async def test_reading_is_refused_when_the_archive_was_damaged_or_lost_afterwards(
    workshop: Any, story: Any, packaged: bytes
) -> None:
    await _sweep(workshop, story)
    await workshop.keep(story, "devops", {"Dockerfile": "FROM x"})
    other = write_zip([("index.html", b"<h1>forged</h1>")])
    with other.body as body:
        await workshop.store.put(object_key(story.generation_id, 1), body, content_type="application/zip")
    for path in ("index.html", "app/ñandú.py"):
        with pytest.raises(StoreRefused):
            await workshop.files.one(story.generation_id, path, None)
    await workshop.store.delete([object_key(story.generation_id, 1)])
    with pytest.raises(ObjectMissing):
        await workshop.files.one(story.generation_id, "index.html", None)
    found = await workshop.files.one(story.generation_id, "Dockerfile", None)
    assert found.content == b"FROM x"


async def test_nothing_comes_back_when_the_project_was_deleted_meanwhile(
    workshop: Any, story: Any, packaged: bytes
) -> None:
    await workshop.decide(story.generation_id, lambda g: g.erase(story.now))
    left = await workshop.shelf.retirable(datetime.now(UTC) + LATER, None, 10_000)
    assert story.generation_id not in {archive.generation_id for archive in left}
    await workshop.shelf.retire(story.generation_id, 1, [])
    assert await _in_the_database(workshop, story) == set()
    assert await workshop.files.newest(story.generation_id) == []


async def test_every_archive_is_swept_when_there_are_more_than_one_look_shows(
    workshop: Any, story: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autocrea.artifacts.handlers.retire_files.ARCHIVES_AT_ONCE", 2)
    await workshop.keep(story, "backend", BACKEND)
    for run in range(1, 6):
        await workshop.package(story, run=run)
    await workshop.store.delete([object_key(story.generation_id, 2)])  # one in the middle that cannot
    assert await _sweep(workshop, story) == 4


async def test_others_retire_when_the_store_refuses_one_archive(workshop: Any, new_story: Any) -> None:
    locked, other = new_story(), new_story()
    for story in (locked, other):
        await workshop.keep(story, "backend", BACKEND)
        await workshop.package(story)

    class Refusing:
        """As a store does whose key for one object was taken away."""

        def read(self, key: str) -> Any:
            if key == object_key(locked.generation_id, 1):
                raise StoreRefused(key)
            return workshop.store.read(key)

    retire = RetireFiles(workshop.shelf, Refusing(), read_zip, KEPT, lambda: datetime.now(UTC) + LATER)
    await retire(other.taken(NewJob("retire_files", "retire_files")))
    assert len(await _in_the_database(workshop, locked)) == len(BACKEND)
    assert await _in_the_database(workshop, other) == set()
