"""`make release`: wheels of the contracts, the chassis and the command line, what they consist of, and their licences.

Everything is built twice, from what is committed, in two folders; a release whose two builds differ is none.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from hashlib import sha256
from importlib.metadata import PackageMetadata, metadata
from pathlib import Path
from typing import NoReturn

import page_packages

ROOT = Path(__file__).resolve().parent.parent
UV = ROOT / ".tools" / "bin" / "uv"
TARGET = ROOT / "dist"
WHEELS = ("autocrea-contracts", "autocrea-chassis", "autocrea-cli")
"""What subscribers install, and what operators install; the chassis because the command line needs it."""

ALLOWED = re.compile(
    r"apache|mit\b|mit-0|bsd|isc|mozilla|mpl-2\.0|psf|unlicense|python software foundation|dfsg approved",
    re.IGNORECASE,
)
"""They ask for a notice, or for changes of their own files. Any other stops a release until somebody decides."""
Licensed = tuple[str, str, str]
"""Name, version, licence."""
STATED_ELSEWHERE = {"httpx-aiohttp": "BSD-3-Clause"}
"""Where a distribution's metadata has a copyright in the licence's place; read in its own licence file."""


def main() -> None:
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        built, again = build(Path(first)), build(Path(second))
        different = [name for name in built if built[name] != again.get(name)]
        if different or built.keys() != again.keys():
            _fail(f"two builds of the same commit differ: {', '.join(different) or sorted(again)}")
        TARGET.mkdir(exist_ok=True)
        for old in TARGET.iterdir():
            old.unlink()
        for name, content in sorted(built.items()):
            (TARGET / name).write_bytes(content)
    (TARGET / "licences.md").write_text(licences(_requirements(), page_packages.shipped()))
    (TARGET / "notes.md").write_text(_notes())
    sums = [f"{sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(TARGET.iterdir())]
    (TARGET / "SHA256SUMS").write_text("".join(sums))
    print("".join(sums), end="")


def build(folder: Path, packages: Iterable[str] = WHEELS) -> dict[str, bytes]:
    """Wheels and bills of materials by their names, built from the last commit and from nothing else."""
    archive = subprocess.run(
        ["git", "-C", str(ROOT), "archive", "HEAD"], stdout=subprocess.PIPE, check=True
    ).stdout
    source = folder / "source"
    source.mkdir(parents=True)
    subprocess.run(["tar", "-x", "-C", str(source)], input=archive, check=True)
    environment = {
        **os.environ,
        "SOURCE_DATE_EPOCH": _said("git", "-C", str(ROOT), "log", "-1", "--format=%ct"),
    }
    for package in packages:
        argv = [
            str(UV),
            "build",
            "--quiet",
            "--wheel",
            "--package",
            package,
            "--out-dir",
            str(folder / "wheels"),
        ]
        subprocess.run(argv, cwd=source, env=environment, check=True)
    return {path.name: path.read_bytes() for path in (folder / "wheels").glob("*.whl")}


def licences(names: Iterable[str], page: Iterable[Licensed]) -> str:
    """A text that names the licence of each. Ends the process for one that nobody has decided on."""
    found = {name: metadata(name) for name in sorted(names)}
    python = [
        (name, told["Version"], STATED_ELSEWHERE.get(name) or licence_of(told))
        for name, told in found.items()
    ]
    parts = [("What the services and the command line run with", python), ("What is in the page", list(page))]
    unknown = [
        f"{name} ({licence or 'says nothing'})"
        for _, licensed in parts
        for name, _, licence in licensed
        if not ALLOWED.search(licence)
    ]
    if unknown:
        _fail(f"nobody has decided on the licence of {', '.join(unknown)}")
    return "# Licences\n" + "".join(_table(title, licensed) for title, licensed in parts)


def _table(title: str, licensed: Iterable[Licensed]) -> str:
    rows = "".join(f"| {name} | {version} | {licence} |\n" for name, version, licence in licensed)
    return f"\n## {title}\n\n| package | version | licence |\n|---|---|---|\n{rows}"


def licence_of(found: PackageMetadata) -> str:
    """By the field that says it best: the expression, the classifiers, the first line of the text."""
    expression = found.get("License-Expression")
    if expression:
        return str(expression)
    classifiers = [one for one in found.get_all("Classifier") or [] if one.startswith("License ::")]
    if classifiers:
        return "; ".join(str(one).rpartition("::")[2].strip() for one in classifiers)
    return str(found.get("License") or "").partition("\n")[0]


def _requirements() -> list[str]:
    """What the product runs with, by name; the tools of tests and checks are not delivered."""
    argv = [
        "export",
        "--quiet",
        "--frozen",
        "--no-dev",
        "--no-hashes",
        "--no-emit-workspace",
        "--no-annotate",
        "--no-header",
    ]
    lines = _said(str(UV), "--project", str(ROOT), *argv).splitlines()
    here = [line.partition(";")[0].strip() for line in lines if not _for_another_machine(line)]
    return [line.partition("==")[0] for line in here if line]


def _for_another_machine(line: str) -> bool:
    from packaging.markers import Marker

    marker = line.partition(";")[2].strip()
    return bool(marker) and not Marker(marker).evaluate()


def _notes() -> str:
    """The changelog's section of this version, or of what is not released yet."""
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    text = (ROOT / "CHANGELOG.md").read_text()
    titles = [f"## {version[1] if version else ''}", "## Unreleased"]
    title = next((one for one in titles if f"\n{one}" in text), None)
    if title is None:
        _fail("CHANGELOG.md has neither this version nor anything unreleased")
    section = text.partition(f"\n{title}")[2].partition("\n## ")[0]
    return f"{title}{section}".strip() + "\n"


def _said(*argv: str) -> str:
    return subprocess.run(argv, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


def _fail(sentence: str) -> NoReturn:
    sys.exit(f"release: {sentence}")


if __name__ == "__main__":
    main()
