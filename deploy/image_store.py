"""Where buildah keeps images: this machine's own store, or one in a folder that is gone afterwards."""

import contextlib
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

CERTIFICATES = Path("/etc/ssl/certs")
"""Also where a company's own authorities are: the build reaches its package index as this machine does."""
UMASK = 0o022
"""Files are made with the usual rights, whatever those of the person are who builds."""
LAYER_TIME = 315_532_800
"""1980, the earliest that a ZIP can hold and the time of files in wheels."""


class NotBuilt(Exception):
    """A build failed; says which, and what it said last."""


class Store:
    """Every image in it is built, or put together from files, at a time that is stated and not taken from a clock."""

    def __init__(self, *options: str) -> None:
        self._options = options

    def build(self, image: str, context: Path, arguments: Mapping[str, str], *, log: Path) -> None:
        """No step is taken from another image's build: its id would be in the configuration. Raises NotBuilt."""
        argv = ["bud", "--isolation", "chroot", "--network", "host", "--layers", "--no-cache", "--force-rm"]
        argv += ["--volume", f"{CERTIFICATES.resolve()}:{CERTIFICATES}:ro", "--timestamp", str(LAYER_TIME)]
        argv += [f"--build-arg={key}={value}" for key, value in arguments.items()]
        argv += ["--file", str(context / "deploy" / "Dockerfile"), "--tag", image, str(context)]
        log.parent.mkdir(exist_ok=True)
        with log.open("wb") as output:
            ended = subprocess.run(
                self._argv(argv), stdout=output, stderr=subprocess.STDOUT, umask=UMASK, check=False
            )
        if ended.returncode != 0:
            last = "\n".join(log.read_text(errors="replace").splitlines()[-12:])
            raise NotBuilt(f"{image} was not built; {log} says:\n{last}")

    def put_together(
        self,
        image: str,
        base: str,
        source: Path,
        target: str,
        *,
        then: Sequence[str] = (),
        timestamp: int = LAYER_TIME,
    ) -> str:
        """An image of what is below the source, on a base; `then` is run in it."""
        with self._container(base) as container:
            self._said("add", "--quiet", container, str(source), target)
            if then:
                self._said("run", "--isolation", "chroot", container, "--", *then)
            self._said("commit", "--quiet", "--timestamp", str(timestamp), container, image)
        return image

    def has(self, image: str) -> bool:
        argv = self._argv(["inspect", "--type", "image", image])
        return subprocess.run(argv, capture_output=True, check=False).returncode == 0

    def have(self, image: str) -> None:
        """Fetch it from its registry, unless it is here. Raises NotBuilt."""
        if self.has(image):
            return
        argv = self._argv(["pull", "--quiet", image])
        ended = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if ended.returncode != 0:
            raise NotBuilt(f"{image} is not here and cannot be fetched:\n{ended.stdout.strip()}")

    def describe(self, image: str) -> tuple[str, str]:
        """Its digest and its size."""
        (described,) = json.loads(self._said("images", "--json", image))
        return described["digest"], described["size"]

    def hand_over(self, image: str, other: "Store") -> None:
        """The same image in another store, in the place of what has its name there."""
        if other.has(image):
            other._said("rmi", image)
        with tempfile.TemporaryDirectory() as folder:
            self._said("push", "--quiet", "--disable-compression", image, f"dir:{folder}")
            pulled = other._said("pull", "--quiet", f"dir:{folder}")
            other._said("tag", pulled, image)

    @contextlib.contextmanager
    def files(self, image: str) -> Iterator[Path]:
        """What is in it, to be read."""
        with self._container(image) as container:
            yield Path(self._said("mount", container))

    @contextlib.contextmanager
    def _container(self, image: str) -> Iterator[str]:
        container = self._said("from", "--pull-never", image)
        try:
            yield container
        finally:
            self._said("rm", container)

    def _said(self, *argv: str) -> str:
        told = subprocess.run(self._argv(argv), stdout=subprocess.PIPE, text=True, umask=UMASK, check=True)
        return told.stdout.strip()

    def _argv(self, argv: Sequence[str]) -> list[str]:
        return ["buildah", *self._options, *argv]


@contextlib.contextmanager
def empty_store() -> Iterator[Store]:
    """A store for as long as it is wanted. Nothing in it was built before: a layer that is taken from an earlier build
    brings along when and on which name of its base that was."""
    folder = Path(tempfile.mkdtemp(prefix="autocrea-store-"))
    try:
        yield Store("--root", str(folder / "root"), "--runroot", str(folder / "run"))
    finally:
        _unmount_below(folder)
        shutil.rmtree(folder)


def _unmount_below(folder: Path) -> None:
    """The store's own mount, and whatever a step that was killed has left."""
    mounted = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
    for place in sorted((one for one in mounted if Path(one).is_relative_to(folder)), reverse=True):
        subprocess.run(["umount", place], check=True)
