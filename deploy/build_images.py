"""Builds the images without a daemon, with buildah: `make images`. What is lacking is said; nothing is installed.

Where Docker is, `docker build -f deploy/Dockerfile --build-arg SERVICE=gateway .` does the same.
"""

import argparse
import contextlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import image_base
from commit import ROOT, Commit
from image_store import NotBuilt, Store, empty_store

IMAGES = ("gateway", "orchestrator", "llm-router", "billing", "artifacts", "cli")
"""The five services, and the toolbox with the command line."""
REPOSITORY = image_base.REPOSITORY
REPORT = ROOT / "build" / "images.json"
BILL = "app/sbom.cdx.json"
DIFFERENCES_NAMED = 10  # enough to see what kind of file it is


Built = dict[str, dict[str, str]]
"""By name: image, digest, size, revision."""


def build(own: Store, base: str, names: Iterable[str], commit: Commit) -> Built:
    """Build them on a base of this machine's store, and put them there. Raises NotBuilt."""
    with _built_elsewhere(own, base, names, commit) as (elsewhere, built):
        for one in built.values():
            elsewhere.hand_over(one["image"], own)
    return built


def build_again(own: Store, base: str, first: Built, commit: Commit) -> dict[str, list[str]]:
    """Build them once more, the last one first; says of each that is not the same in which files. Raises NotBuilt."""
    different = {}
    with _built_elsewhere(own, base, reversed(first), commit) as (elsewhere, again):
        for name, one in first.items():
            if again[name]["digest"] != one["digest"]:
                with own.files(one["image"]) as left, elsewhere.files(one["image"]) as right:
                    different[name] = _differences(left, right)
    return different


@contextlib.contextmanager
def _built_elsewhere(
    own: Store, base: str, names: Iterable[str], commit: Commit
) -> Iterator[tuple[Store, Built]]:
    """In a store that knew nothing but the base."""
    built = {}
    own.have(base)
    with empty_store() as store, _context(commit) as context:
        own.hand_over(base, store)
        arguments = {
            "BASE_IMAGE": base,
            "UV_IMAGE": image_base.uv(store),
            "NODE_IMAGE": image_base.node(store, base),
            "VERSION": commit.version,
            "REVISION": commit.revision,
            "CREATED": datetime.fromtimestamp(commit.time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        for name in names:
            began = time.monotonic()
            image = f"{REPOSITORY}/{name}"
            log = ROOT / "build" / f"image-{name}.log"
            store.build(image, context, {**arguments, "SERVICE": name}, log=log)
            digest, size = store.describe(image)
            built[name] = {"image": image, "digest": digest, "size": size, "revision": commit.revision}
            print(f"{image}  {size}  {digest}  {time.monotonic() - began:.0f} s", flush=True)
        yield store, built


def report(built: Built) -> None:
    """Beside what was built before: for those who start them, and who write their digests into manifests."""
    known = json.loads(REPORT.read_text()) if REPORT.exists() else {}
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(known | built, indent=1) + "\n")


def require_builder() -> None:
    """Raises NotBuilt where no image can be built; names all that is missing at once."""
    wanted = ["buildah", "runc"] + ([] if os.environ.get("BASE_IMAGE") else ["debootstrap"])
    missing = [program for program in wanted if shutil.which(program) is None]
    if missing:
        raise NotBuilt(f"missing here; apt-get install --no-install-recommends {' '.join(missing)}")
    if os.geteuid() != 0:
        raise NotBuilt(
            "only root can build without a daemon; `docker build` is the other way, see deploy/README.md"
        )


@contextlib.contextmanager
def _context(commit: Commit) -> Iterator[Path]:
    """What was committed; with changes that were not, the checkout as it is."""
    if commit.changed:
        yield ROOT
        return
    with tempfile.TemporaryDirectory() as folder:
        yield commit.export(Path(folder) / "source")


def _differences(left: Path, right: Path) -> list[str]:
    """The first files that are not the same bytes; of equal ones it is the configuration that differs."""
    names = {str(path.relative_to(root)) for root in (left, right) for path in root.rglob("*")}
    found = [name for name in sorted(names) if _read(left / name) != _read(right / name)]
    return found[:DIFFERENCES_NAMED] or ["its configuration, or a file's time or rights"]


def _read(path: Path) -> tuple[int, bytes | str]:
    if path.is_symlink():
        return 0, os.readlink(path)
    if not path.exists():
        return 0, ""
    return path.stat().st_mode, path.read_bytes() if path.is_file() else ""


def main() -> None:
    parser = argparse.ArgumentParser(prog="images", description=__doc__)
    parser.add_argument("names", nargs="*", choices=(*IMAGES, []), help="all of them unless some are named")
    parser.add_argument("--again", action="store_true", help="twice, and the digests must be the same")
    said = parser.parse_args()
    store, commit = Store(), Commit()
    try:
        require_builder()
        base = image_base.base(store)
        built = build(store, base, said.names or IMAGES, commit)
        different = build_again(store, base, built, commit) if said.again else {}
    except NotBuilt as reason:
        sys.exit(f"images: {reason}")
    if different:
        sys.exit(f"images: two builds of the same commit differ: {json.dumps(different, indent=1)}")
    report(built)


if __name__ == "__main__":
    main()
