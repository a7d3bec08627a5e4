"""`make release`: wheels, page and images of the last commit, what they consist of, and their licences, in `dist`.

Everything is built twice, in two places; a release whose two builds differ is none. `IMAGES=0` leaves the images out.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from importlib.metadata import metadata
from pathlib import Path

import build_images
import built_page
import image_base
import licences
import page_packages
import wheels
from commit import ROOT, Commit, NotReleasable
from image_store import NotBuilt, Store
from packaging.markers import Marker

TARGET = ROOT / "dist"


class Different(Exception):
    """Two builds of the same commit are not the same; says in what."""


def main() -> None:
    commit, store = Commit(), Store()
    with_images = os.environ.get("IMAGES") != "0"
    try:
        commit.check()
        check_target()
        judged = _judged()
        licences.report(judged)
        if with_images:
            build_images.require_builder()
        found = build(commit)
        found |= images(store, commit) if with_images else {}
        found["licences.md"] = licences.report(judged, _listed(found)).encode()
    except NotBuilt as reason:
        sys.exit(
            f"release: {reason}\nrelease: `make release IMAGES=0` makes all but the images and their bills"
        )
    except (NotReleasable, Different, licences.Undecided) as reason:
        sys.exit(f"release: {reason}")
    found["notes.md"] = commit.notes().encode()
    print(write(found), end="")
    if not with_images:
        print("release: without images and their bills of materials, as IMAGES=0 asks", file=sys.stderr)


def build(commit: Commit) -> dict[str, bytes]:
    """Wheels and page by their names. Raises Different."""
    with tempfile.TemporaryDirectory() as here, tempfile.TemporaryDirectory() as elsewhere:
        first, second = (_build_in(Path(folder), commit) for folder in (here, f"{elsewhere}/deeper"))
    names = sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name))
    if names:
        raise Different(f"two builds of the same commit differ: {', '.join(names)}")
    return first


def _build_in(folder: Path, commit: Commit) -> dict[str, bytes]:
    source = commit.export(folder / "source")
    page = {f"autocrea-page-{commit.version}.tar": built_page.build(source, folder / "page", commit.time)}
    return wheels.build(source, folder / "wheels", commit.time) | page


def images(store: Store, commit: Commit) -> dict[str, bytes]:
    """The images' digests, and each one's bill of materials. Raises NotBuilt or Different."""
    base = image_base.base(store)
    built = build_images.build(store, base, build_images.IMAGES, commit)
    different = build_images.build_again(store, base, built, commit)
    if different:
        raise Different(f"two builds of the same images differ: {json.dumps(different, indent=1)}")
    build_images.report(built)
    found = {}
    for name, one in built.items():
        with store.files(one["image"]) as root:
            found[f"autocrea-{name}.cdx.json"] = (root / build_images.BILL).read_bytes()
    on = {"image": base, "digest": store.describe(base)[0]}
    found["images.json"] = (json.dumps({"base": on, "images": built}, indent=1) + "\n").encode()
    return found


def check_target() -> None:
    """A release replaces the files in its folder; what else is there is somebody's own. Raises NotReleasable."""
    if TARGET.exists() and not TARGET.is_dir():
        raise NotReleasable(f"{TARGET.name} is a file; a release is written into a folder of that name")
    folders = sorted(one.name for one in TARGET.glob("*") if one.is_dir() and not one.is_symlink())
    if folders:
        raise NotReleasable(
            f"{TARGET.name} holds folders, which no release made: move away {', '.join(folders)}"
        )


def write(found: Mapping[str, bytes]) -> str:
    """The release's folder, with nothing of an earlier one; returns the sums."""
    TARGET.mkdir(exist_ok=True)
    for old in TARGET.iterdir():
        old.unlink()
    for name, content in found.items():
        (TARGET / name).write_bytes(content)
    sums = "".join(f"{sha256(content).hexdigest()}  {name}\n" for name, content in sorted(found.items()))
    (TARGET / "SHA256SUMS").write_text(sums)
    return sums


def _judged() -> list[licences.Part]:
    return [
        ("What the services and the command line run with", list(python_packages())),
        ("What is in the page", list(page_packages.shipped())),
    ]


def _listed(found: Mapping[str, bytes]) -> list[licences.Part]:
    """What the base brings, by the images' bills; whoever chose the base has decided on it."""
    bills = [json.loads(content) for name, content in found.items() if name.endswith(".cdx.json")]
    debian = {
        (one["name"], one["version"], ", ".join(part["license"]["name"] for part in one["licenses"]))
        for bill in bills
        for one in bill["components"]
        if one["purl"].startswith("pkg:deb/")
    }
    return [("What is in the images' Debian", sorted(debian))] if debian else []


def python_packages() -> Iterator[licences.Licensed]:
    for name in sorted(_requirements()):
        found = metadata(name)
        yield name, found["Version"], licences.licence_of(found)[0]


def _requirements() -> Iterable[str]:
    """What the product runs with, by name; the tools of tests and checks are not delivered."""
    argv = ["export", "--quiet", "--frozen", "--no-dev", "--no-hashes", "--no-annotate", "--no-header"]
    argv += ["--no-emit-workspace", "--project", str(ROOT)]
    told = subprocess.run([str(wheels.UV), *argv], stdout=subprocess.PIPE, text=True, check=True).stdout
    here = (line.partition(";")[0].strip() for line in told.splitlines() if not _for_another_machine(line))
    return [line.partition("==")[0] for line in here if line]


def _for_another_machine(line: str) -> bool:
    marker = line.partition(";")[2].strip()
    return bool(marker) and not Marker(marker).evaluate()


if __name__ == "__main__":
    main()
