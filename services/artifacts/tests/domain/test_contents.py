"""What an archive holds, whatever the order in which the files are read."""

import json
import random
from hashlib import sha256
from uuid import UUID

from autocrea.artifacts.domain.contents import PackedFile, entries, merge
from autocrea.artifacts.domain.naming import archive_id, generation_prefix, object_key
from autocrea.contracts.ids import GenerationId, StepName
from autocrea.contracts.paths import MANIFEST_NAME
from hypothesis import given
from hypothesis import strategies as st

GENERATION = GenerationId(UUID(int=7))
STEPS = [StepName(name) for name in ("architecture", "backend", "frontend", "devops")]

_files = st.lists(
    st.builds(
        lambda step, path, content: PackedFile(step, path, sha256(content).hexdigest(), content),
        st.sampled_from(STEPS),
        st.sampled_from(["a", "b/c", "b/d", "ñ", "Dockerfile"]),
        st.binary(max_size=20),
    ),
    unique_by=lambda file: (file.step, file.path),
    max_size=12,
)


@given(_files, st.randoms(use_true_random=False))
def test_contents_are_equal_when_files_are_read_in_another_order(
    files: list[PackedFile], shuffler: random.Random
) -> None:
    shuffled = list(files)
    shuffler.shuffle(shuffled)
    assert merge(files, STEPS) == merge(shuffled, STEPS)


@given(_files)
def test_the_later_step_counts_when_two_steps_wrote_one_path(files: list[PackedFile]) -> None:
    merged = merge(files, STEPS)
    assert [file.path for file in merged] == sorted({file.path for file in files})
    for file in merged:
        same = [other.step for other in files if other.path == file.path]
        assert STEPS.index(file.step) == max(STEPS.index(step) for step in same)


@given(_files)
def test_the_manifest_lists_exactly_the_files_when_an_archive_is_made(files: list[PackedFile]) -> None:
    merged = merge(files, STEPS)
    listed = dict(entries(GENERATION, 3, merged))
    manifest = json.loads(listed.pop(MANIFEST_NAME))
    assert (manifest["generation_id"], manifest["run"]) == (str(GENERATION), 3)
    assert {file["path"] for file in manifest["files"]} == set(listed)
    for file in manifest["files"]:
        assert file["sha256"] == sha256(listed[file["path"]]).hexdigest()
        assert file["bytes"] == len(listed[file["path"]])


def test_an_archive_overwrites_itself_when_a_run_is_packaged_again() -> None:
    assert object_key(GENERATION, 2) == object_key(GENERATION, 2)
    assert archive_id(GENERATION, 2) == archive_id(GENERATION, 2)
    assert (
        len({object_key(GENERATION, 1), object_key(GENERATION, 2), object_key(GenerationId(UUID(int=8)), 1)})
        == 3
    )
    assert object_key(GENERATION, 1).startswith(generation_prefix(GENERATION))
