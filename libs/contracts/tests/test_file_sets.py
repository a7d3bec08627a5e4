"""A set of files: the first of two that collide stays, limits hold, and a refusal leaves no trace."""

import pytest
from autocrea.contracts.paths import (
    FILE_BYTES_MAX,
    STEP_BYTES_MAX,
    STEP_FILES_MAX,
    FileRejected,
    FileSet,
    PathRejected,
    collision_key,
)
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("first", "second", "rule"),
    [
        ("a.py", "a.py", "duplicate"),
        ("README.md", "readme.md", "collision"),
        ("straße.txt", "STRASSE.txt", "collision"),
        ("Ángel.md", "ángel.md", "collision"),
        ("ΣΑΣ.txt", "σας.txt", "collision"),
        ("src/a.py", "SRC/b.py", "collision"),
        ("src", "src/a.py", "file_and_folder"),
        ("SRC", "src/a.py", "file_and_folder"),
        ("src/a.py", "src", "file_and_folder"),
        ("src/lib/a.py", "Src", "file_and_folder"),
        ("a/b/c", "a/b", "file_and_folder"),
    ],
)
def test_second_file_is_refused_when_it_collides(first: str, second: str, rule: str) -> None:
    files = FileSet()
    files.admit(first, 10)
    with pytest.raises(FileRejected) as caught:
        files.admit(second, 10)
    assert caught.value.rule == rule
    files.admit("other.py", 10)
    assert files.total_bytes == 20


def test_files_pass_when_they_share_folders() -> None:
    files = FileSet()
    for path in ("src/a.py", "src/b.py", "src/lib/a.py", "a.py", "lib/src"):
        files.admit(path, 1)
    assert files.total_bytes == 5


def test_bad_path_is_refused_when_the_set_is_empty() -> None:
    with pytest.raises(PathRejected, match="climbs"):
        FileSet().admit("../x", 1)


def test_limits_hold_when_reached() -> None:
    files = FileSet()
    files.admit("exact.bin", FILE_BYTES_MAX)
    with pytest.raises(FileRejected) as too_large:
        files.admit("large.bin", FILE_BYTES_MAX + 1)
    files.admit("rest.bin", STEP_BYTES_MAX - FILE_BYTES_MAX)
    with pytest.raises(FileRejected) as full:
        files.admit("one.bin", 1)
    files.admit("empty.txt", 0)
    assert (too_large.value.rule, full.value.rule) == ("file_too_large", "set_too_large")


def test_number_of_files_is_bounded_when_reached() -> None:
    files = FileSet()
    for number in range(STEP_FILES_MAX):
        files.admit(f"f{number}", 0)
    with pytest.raises(FileRejected) as caught:
        files.check("one-more")
    assert caught.value.rule == "too_many_files"


def test_refused_file_leaves_no_trace_when_another_takes_its_place() -> None:
    files = FileSet(file_bytes_max=10)
    with pytest.raises(FileRejected):
        files.admit("folder/a.py", 11)
    files.admit("folder", 1)
    assert files.total_bytes == 1


@settings(deadline=None)
@given(st.lists(st.text("aAbBß/é", min_size=1, max_size=6), max_size=12))
def test_admitted_files_can_stand_side_by_side_when_a_system_ignores_case(paths: list[str]) -> None:
    files, admitted = FileSet(), []
    for path in paths:
        try:
            files.admit(path, 1)
        except PathRejected:
            continue
        admitted.append(collision_key(path))
    assert len(set(admitted)) == len(admitted)
    for one in admitted:
        assert not any(other.startswith(f"{one}/") for other in admitted)
