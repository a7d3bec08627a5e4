"""An archive's files are the same for everybody, whatever it is opened with, and none of them leaves the folder."""

import unicodedata
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from uuid import UUID

import pytest
from autocrea.artifacts.adapters.zip_file import write_zip
from autocrea.artifacts.domain.contents import PackedFile, entries, merge
from autocrea.artifacts.domain.step_set import accept
from autocrea.contracts.digests import entry, set_sha256
from autocrea.contracts.ids import GenerationId, StepName
from autocrea.contracts.paths import MANIFEST_NAME, FileSet, PathRejected
from autocrea.contracts.shapes import GeneratedFile
from autocrea.testkit.unpackers import KINDS, NotHere, find_unpacker

STEP = StepName("frontend")
GENERATION = GenerationId(UUID(int=7))
Extract = Callable[[Path, Path], None]

SPANISH = ("app/ñandú.py", "Diseño gráfico/Más información.md", "¿Qué/¡Así!.txt", "pingüino/º-ª.css")
EMOJI = ("🦙/tienda 🛒.html", "👩🏽.svg", "static/🇪🇸/❤.js")
SCRIPTS = ("日本/東京.md", "עברית/שלום.html", "Ελλάδα.txt", "ไทย/ภาษา.md")
MARKED = ("q̇/x̂.txt", "ｶﾞ.txt")  # with marks that no composed letter has
STRANGE = (
    ".env",
    ".github/workflows/ci.yml",
    "-rf",
    "--help/-d.txt",
    "$(touch leído)/`id`.sh",
    "%s%n/%2e%2e/%00.txt",
    "~root/~.txt",
    "@lista",
    "#U00f1.txt",
    "[a-z]{1,2}/!not.txt",
    "it's; rm -rf x & y.txt",
    "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o.txt",
    "largo/" + "ñ" * 48 + ".md",
    "..a/...b/c..d",
    "__MACOSX/._x",
    "META-INF/MANIFEST.MF",
)
NAMES = [*SPANISH, *EMOJI, *SCRIPTS, *MARKED, *STRANGE]
TWINS = ("canción.txt", "niño/Ångström.md")
HOSTILE = (
    "../fuera.txt",
    "a/../../fuera.txt",
    "/etc/cron.d/fuera",
    "C:/fuera.txt",
    "c:fuera.txt",
    "..\\fuera.txt",
    "a\\..\\..\\fuera.txt",
    "\\\\servidor\\fuera.txt",
    "./fuera.txt",
    "a//fuera.txt",
    "fuera/",
    "..",
    "",
    "con.txt",
    "fuera.txt.",
    "fuera.txt ",
    "fuera\x00.txt",
    "fuera\n.txt",
    "fuera\u202etxt.exe",
    "fuera:datos",
    ".git/hooks/post-checkout",
    MANIFEST_NAME,
    MANIFEST_NAME.upper(),
)


def _admitted(paths: Iterable[str]) -> list[str]:
    """What the guard lets through, as the parser asks it."""
    guard, admitted = FileSet(), []
    for path in paths:
        try:
            guard.admit(path, 1)
        except PathRejected:
            continue
        admitted.append(path)
    return admitted


def _archive(paths: Iterable[str], place: Path) -> dict[str, bytes]:
    """An archive with these files, made as the service makes it; returns what must be in it."""
    files = [GeneratedFile(path=path, text=f"# {path}\r\n\x00 fin") for path in paths]
    kept = accept(files, set_sha256(entry(file) for file in files))
    packed = [PackedFile(STEP, file.path, file.sha256, file.content) for file in kept]
    inside = entries(GENERATION, 1, merge(packed, [STEP]))
    with write_zip(inside).body as body:
        place.write_bytes(body.read())
    return dict(inside)


def _by_python(archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)


@pytest.fixture(params=["Python's zipfile", *KINDS])
async def extract(request: pytest.FixtureRequest) -> Extract:
    if request.param not in KINDS:
        return _by_python
    try:
        return (await find_unpacker(request.param)).extract
    except NotHere as reason:
        pytest.skip(str(reason))


def _found(folder: Path) -> dict[str, bytes]:
    assert not [path for path in folder.rglob("*") if path.is_symlink()]
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def _extracted(extract: Extract, place: Path, archive: Path) -> dict[str, bytes]:
    """What lies in the folder afterwards. Nothing may lie anywhere beside it."""
    folder = place / "home" / "user" / "folder"
    folder.mkdir(parents=True)
    extract(archive, folder)
    found = _found(folder)
    beside = [path for path in place.rglob("*") if path.is_file() and folder not in path.parents]
    assert beside == [archive]
    return found


async def test_the_same_files_come_out_when_names_are_of_any_language(
    extract: Extract, tmp_path: Path
) -> None:
    paths = _admitted(NAMES)
    assert paths == NAMES
    expected = _archive(paths, tmp_path / "a.zip")
    assert _extracted(extract, tmp_path, tmp_path / "a.zip") == expected


async def test_one_of_two_comes_out_when_names_are_twins_in_nfc_and_nfd(
    extract: Extract, tmp_path: Path
) -> None:
    """To some systems they are one file: the guard takes the composed one, in whichever order they come."""
    decomposed = [unicodedata.normalize("NFD", path) for path in TWINS]
    assert not set(decomposed) & set(TWINS)
    for order in ([*decomposed, *TWINS], [*TWINS, *decomposed]):
        assert _admitted(order) == [*TWINS]
    expected = _archive(_admitted([*decomposed, *TWINS]), tmp_path / "a.zip")
    assert _extracted(extract, tmp_path, tmp_path / "a.zip") == expected
    assert set(expected) == {*TWINS, MANIFEST_NAME}


async def test_nothing_leaves_the_folder_when_names_are_hostile(extract: Extract, tmp_path: Path) -> None:
    admitted = _admitted([*HOSTILE, "dentro.txt"])
    assert admitted == ["dentro.txt"]
    expected = _archive(admitted, tmp_path / "a.zip")
    assert set(expected) == {"dentro.txt", MANIFEST_NAME}
    assert _extracted(extract, tmp_path, tmp_path / "a.zip") == expected


@pytest.mark.parametrize("path", HOSTILE)
def test_no_archive_is_made_when_a_hostile_name_got_past_everybody(path: str) -> None:
    """The last gate: whatever a table may hold, the ZIP asks the same guard again."""
    with pytest.raises(PathRejected):
        entries(GENERATION, 1, [PackedFile(STEP, path, "0" * 64, b"x")])


@pytest.mark.parametrize(
    "twin", ["README.md", "readme.MD", unicodedata.normalize("NFD", "canción.txt"), "app"]
)
def test_no_archive_is_made_when_two_files_are_one_to_some_system(twin: str) -> None:
    there = ["Readme.md", "canción.txt", "app/main.py"]
    files = [PackedFile(STEP, path, "0" * 64, b"x") for path in (*there, twin)]
    with pytest.raises(PathRejected):
        entries(GENERATION, 1, files)
