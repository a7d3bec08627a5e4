"""The checker finds what is planted in calls and archives (I4, I5)."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from autocrea.contracts.paths import MANIFEST_NAME
from autocrea.testkit.checker.evidence import Row
from autocrea.testkit.objects import StoredObject
from checker_scene import Defect, Scene

CALLS, ARCHIVES, FILES = ("llm-router", "llm_calls"), ("artifacts", "archives"), ("artifacts", "files")


def backends_call(scene: Scene) -> Row:
    return {**scene.of_generation, "step": "backend"}


def backends_main(scene: Scene) -> Row:
    return {**backends_call(scene), "path": "backend/main.py"}


def stray(age: timedelta) -> StoredObject:
    return StoredObject("stray.zip", datetime.now(UTC) - age, b"")


def list_in_manifest(inside: dict[str, bytes], path: str, digest: str) -> None:
    manifest = json.loads(inside[MANIFEST_NAME])
    kept = [entry for entry in manifest["files"] if entry["path"] != path]
    inside[MANIFEST_NAME] = json.dumps({"files": [*kept, {"path": path, "sha256": digest}]}).encode()


BOOKED_CALLS: dict[str, Defect] = {
    "nameless": (
        lambda s: s.heard(lambda call: [{**call, "call_id": None}]),
        "I4: the provider's call … came without an id",
    ),
    "in nobody's books": (
        lambda s: s.drop(CALLS, **backends_call(s)),
        "I4: call {call} of project para-el-comprobador step backend reached the provider and is in nobody's books",
    ),
    "of another model": (
        lambda s: s.set(CALLS, backends_call(s), model="another"),
        "I4: call {call} of project para-el-comprobador step backend is in the books as backend by another",
    ),
    "counted wrong": (
        lambda s: s.set(CALLS, backends_call(s), input_tokens=1),
        "I4: the provider counted … tokens for call {call}, the books say",
    ),
    "made twice": (
        lambda s: s.heard(lambda call: [call, call]),
        "I4: call {call} reached the provider 2 times",
    ),
    "without a hold": (
        lambda s: s.drop(("billing", "holds"), **s.of_generation),
        "I4: call {call} was placed for {run}, for which nothing was ever held",
    ),
    "before the hold": (
        lambda s: s.set(CALLS, backends_call(s), placed_at=datetime(2020, 1, 1, tzinfo=UTC)),
        "I4: call {call} was placed before the tokens of {run} were held",
    ),
    "paid by nobody": (
        lambda s: s.set(CALLS, backends_call(s), booking=None),
        "I4: call {call} of {run} step backend attempt 1 is neither billed nor absorbed",
    ),
    "paid by the wrong one": (
        lambda s: s.set(CALLS, backends_call(s), booking="absorbed"),
        "I4: call {call} of {run} step backend attempt 1 is absorbed and should be billed",
    ),
    "that never was": (
        lambda s: s.heard(lambda call: []),
        "I4: call {call} of {run} step backend attempt 1 is in the books as answered",
    ),
}

ARCHIVE: dict[str, Defect] = {
    "not ready": (
        lambda s: s.set(ARCHIVES, s.of_generation, state="packaging"),
        "I5: {run} completed and its archive is packaging",
    ),
    "nowhere": (
        lambda s: s.store(lambda objects: objects.pop(s.archive.key)),
        "I5: {run} completed and there is no object",
    ),
    "promised otherwise": (
        lambda s: s.retell_end(archive=s.end.data["archive"] | {"bytes": 1}),
        "I5: {run} promised another archive than artifacts keeps",
    ),
    "of other bytes": (
        lambda s: s.store(
            lambda objects: objects.update({s.archive.key: replace(s.archive, body=s.archive.body + b"x")})
        ),
        "I5: the object … of {run} is not the archive with SHA-256",
    ),
    "without a manifest": (
        lambda s: s.repack(lambda inside: inside.pop(MANIFEST_NAME)),
        "I5: the archive of {run} has no manifest",
    ),
    "with less than is listed": (
        lambda s: s.repack(lambda inside: inside.pop("backend/main.py")),
        "I5: backend/main.py is listed, not inside: archive of {run}",
    ),
    "with more than is listed": (
        lambda s: s.repack(lambda inside: inside.update({"more.txt": b""})),
        "I5: more.txt is inside, not listed: archive of {run}",
    ),
    "with another file than is listed": (
        lambda s: s.repack(lambda inside: list_in_manifest(inside, "backend/main.py", "0" * 64)),
        "I5: backend/main.py in the archive of {run} is not what its manifest says",
    ),
    "with what no step delivered": (
        lambda s: s.repack(lambda inside: inside.update({"more.txt": b""})),
        "I5: more.txt was only packed: archive of {run}",
    ),
    "without what a step delivered": (
        lambda s: s.repack(lambda inside: inside.pop("backend/main.py")),
        "I5: backend/main.py was only delivered: archive of {run}",
    ),
    "with another file than was delivered": (
        lambda s: s.repack(lambda inside: inside.update({"backend/main.py": b"pass"})),
        "I5: backend/main.py in the archive of {run} is not what a step delivered",
    ),
    "counted wrong": (
        lambda s: s.retell_end(archive=s.end.data["archive"] | {"files": 1}),
        "I5: {run} promised 1 files and has",
    ),
    "forgotten for longer than a day": (
        lambda s: s.store(lambda objects: objects.update({"stray.zip": stray(timedelta(days=2))})),
        "I5: nobody refers to the object stray.zip of",
    ),
    "made of a text that changed": (
        lambda s: s.set(FILES, backends_main(s), found_sha256="0" * 64),
        "I5: the stored text of backend/main.py of generation {generation} run 1 step backend has another SHA-256",
    ),
    "serving another text than was stored": (
        lambda s: s.set(FILES, backends_main(s), sha256="0" * 64, found_sha256=None, archived_run=1),
        "I5: the stored text of backend/main.py of generation {generation} run 1 step backend has another SHA-256",
    ),
}


@pytest.mark.parametrize("defect", BOOKED_CALLS.values(), ids=BOOKED_CALLS)
def test_a_call_is_found_when_it_is_not_in_the_books_as_it_was(scene: Scene, defect: Defect) -> None:
    scene.assert_finds(defect)


@pytest.mark.parametrize("defect", ARCHIVE.values(), ids=ARCHIVE)
def test_an_archive_is_found_when_it_is_not_what_was_promised(scene: Scene, defect: Defect) -> None:
    scene.assert_finds(defect)


def test_nothing_is_found_when_an_object_is_too_young_to_be_forgotten(scene: Scene) -> None:
    young = scene.store(lambda objects: objects.update({"stray.zip": stray(timedelta(hours=1))}))
    assert young.findings == []


def test_nothing_is_found_when_the_archive_serves_a_text_that_left_the_database(scene: Scene) -> None:
    retired = scene.set(FILES, backends_main(scene), found_sha256=None, archived_run=1)
    assert retired.findings == []
