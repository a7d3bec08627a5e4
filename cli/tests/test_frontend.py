"""When the front end is built: once for each state of its sources. The real build is the stack's own tests'."""

from pathlib import Path

import pytest
from autocrea.cli.parts.frontend import SOURCES, Frontend


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in SOURCES:
        (tmp_path / name).write_text("{}") if "." in name else (tmp_path / name).mkdir()
    (tmp_path / "src" / "main.tsx").write_text("export {}")
    return tmp_path


def built(folder: Path) -> Path:
    return Frontend(folder, log=folder / "log").built


def test_place_changes_when_any_source_does(folder: Path) -> None:
    before = built(folder)
    (folder / "src" / "main.tsx").write_text("export { }")
    changed = built(folder)
    (folder / "src" / "main.tsx").rename(folder / "src" / "other.tsx")
    assert len({before, changed, built(folder)}) == 3


def test_place_stays_when_nothing_that_is_built_from_changes(folder: Path) -> None:
    before = built(folder)
    (folder / "README.md").write_text("words")
    (folder / "node_modules").mkdir()
    assert built(folder) == before


async def test_nothing_is_run_when_it_has_been_built(folder: Path) -> None:
    frontend = Frontend(folder, log=folder / "log")
    frontend.built.mkdir(parents=True)
    (frontend.built / "index.html").write_text("<!doctype html>")
    assert await frontend.build() is None
    assert not (folder / "log").exists()
