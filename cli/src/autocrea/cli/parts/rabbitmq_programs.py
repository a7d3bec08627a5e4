"""Where RabbitMQ's programs come from: an installed one, Debian's packages unpacked into a folder of ours,
brew, or a container."""

import asyncio
import os
import re
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from autocrea.cli.parts import debian
from autocrea.cli.trouble import Trouble

_ERLANG = (
    "base asn1 crypto eldap ftp inets mnesia os-mon parsetools public-key runtime-tools snmp ssl"
    " syntax-tools tftp tools xmerl"
)
_ERLANG_ROOT = "usr/lib/erlang"
PACKAGES = ("rabbitmq-server", *(f"erlang-{name}" for name in _ERLANG.split()))
"""What Debian's rabbitmq-server depends on, less what every machine has (libc, ncurses, OpenSSL 3) and what
only its system service needs."""

OLDEST = (3, 10)
"""The first version whose quorum queues and streams do everything that the topology asks."""

INSTALLED_AT = (
    "/usr/lib/rabbitmq/bin",
    "/opt/homebrew/opt/rabbitmq/sbin",
    "/usr/local/opt/rabbitmq/sbin",
    "/home/linuxbrew/.linuxbrew/opt/rabbitmq/sbin",
    "/opt/rabbitmq/sbin",
)
"""Its scripts themselves; the one in /usr/sbin is a wrapper that changes to the user `rabbitmq`."""


ROOT_VARIABLE = "AUTOCREA_RABBITMQ_ROOT"
"""Names a root folder of another Debian with its RabbitMQ inside, to be used instead of any other."""

_ENTER_ROOT = """
root=$1; shift
mount --bind /dev "$root/dev" && mount -t proc proc "$root/proc" && exec chroot "$root" "$@"
"""


@dataclass(frozen=True, slots=True)
class RabbitmqPrograms:
    """What to run. With `root` the paths are those inside that root folder, entered by chroot (needs root;
    another release of the operating system with another RabbitMQ in it): the node's own folder must then lie
    below it."""

    server: str
    epmd: str
    path: str
    origin: str
    root: Path | None = None

    def command(self, *argv: str) -> list[str]:
        """With a root, in a mount namespace of its own: what it mounts there, nobody else sees and nobody
        has to undo."""
        return (
            ["unshare", "--mount", "sh", "-c", _ENTER_ROOT, "sh", str(self.root), *argv]
            if self.root
            else list(argv)
        )

    def inside(self, path: Path) -> str:
        """The path as the programs see it."""
        return f"/{path.resolve().relative_to(self.root.resolve())}" if self.root else str(path.resolve())

    def home(self, folder: Path) -> Path:
        """Where the node's own files go: the folder itself, or its place below the root."""
        return self.root / "srv" / sha256(str(folder).encode()).hexdigest()[:16] if self.root else folder


async def find_programs(cache: Path, *, announce: Callable[[str], None]) -> RabbitmqPrograms:
    """The first of: an installed RabbitMQ, one unpacked earlier, Debian's packages fetched now, one
    installed by brew. Raises Trouble."""
    named = os.environ.get(ROOT_VARIABLE)
    found = in_root(Path(named)) if named else installed() or unpacked(cache / "rabbitmq")
    if found:
        return found
    if debian.available():
        announce("rabbitmq_fetching")
        return await fetch_unpacked(cache / "rabbitmq", log=cache / "apt.log")
    if shutil.which("brew"):
        announce("rabbitmq_brewing")
        process = await asyncio.create_subprocess_exec("brew", "install", "rabbitmq")
        if await process.wait() == 0 and (found := installed()):
            return found
    raise Trouble("rabbitmq_missing", command=how_to_get_it())


def in_root(root: Path) -> RabbitmqPrograms:
    """The RabbitMQ that Debian's package put into another root folder."""
    path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return RabbitmqPrograms(
        "/usr/lib/rabbitmq/bin/rabbitmq-server", "/usr/bin/epmd", path, "root", root.resolve()
    )


def installed() -> RabbitmqPrograms | None:
    """An installed RabbitMQ that is new enough, with its Erlang."""
    folders = [Path(folder) for folder in INSTALLED_AT]
    on_path = shutil.which("rabbitmq-server")
    if on_path and not on_path.startswith("/usr/sbin"):
        folders.append(Path(on_path).resolve().parent)
    for folder in folders:
        erlang = shutil.which("erl")
        version = version_below(folder.parent)
        if (folder / "rabbitmq-server").exists() and erlang and version and version >= OLDEST:
            epmd = shutil.which("epmd") or _epmd_below(Path(erlang).resolve().parent.parent)
            if epmd:
                path = os.pathsep.join([str(Path(erlang).parent), os.environ.get("PATH", os.defpath)])
                return RabbitmqPrograms(str(folder / "rabbitmq-server"), epmd, path, "installed")
    return None


def unpacked(folder: Path) -> RabbitmqPrograms | None:
    """The packages unpacked earlier. Erlang's start script holds its own place: a folder that has moved does
    not count."""
    erlang = folder / _ERLANG_ROOT
    server = folder / "usr" / "lib" / "rabbitmq" / "bin" / "rabbitmq-server"
    epmd = _epmd_below(erlang)
    if (
        epmd is None
        or not server.exists()
        or f"ROOTDIR={erlang}\n" not in (erlang / "bin" / "erl").read_text()
    ):
        return None
    path = os.pathsep.join([str(erlang / "bin"), str(Path(epmd).parent), os.environ.get("PATH", os.defpath)])
    return RabbitmqPrograms(str(server), epmd, path, "unpacked")


async def fetch_unpacked(folder: Path, *, log: Path) -> RabbitmqPrograms:
    """Fetch and unpack what is not there yet. Raises Trouble."""
    if re.search(r"[^\w./+@%:,-]", str(folder)):  # its scripts do not quote their own path
        raise Trouble("folder_name", folder=folder, variable="AUTOCREA_CACHE")
    root_dir = f"ROOTDIR={folder / _ERLANG_ROOT}"

    def tell_erlang_its_place(half: Path) -> None:
        script = half / _ERLANG_ROOT / "bin" / "erl"
        script.write_text(script.read_text().replace(f"ROOTDIR=/{_ERLANG_ROOT}", root_dir))

    is_whole = lambda place: unpacked(place) is not None  # noqa: E731
    await debian.have(PACKAGES, folder, log=log, whole=is_whole, finish=tell_erlang_its_place)
    found = unpacked(folder)
    if found is None:
        raise Trouble("unpack_failed", archive="rabbitmq-server", log=log)
    return found


def version_below(folder: Path) -> tuple[int, int] | None:
    """The version in the name of a folder such as `lib/rabbitmq_server-3.10.8` or `plugins/rabbit-4.1.0`."""
    for pattern in ("lib/rabbitmq_server-*", "plugins/rabbit-*", "../rabbitmq/*/plugins/rabbit-*"):
        for path in folder.glob(pattern):
            match = re.search(r"-(\d+)\.(\d+)", path.name)
            if match:
                return int(match[1]), int(match[2])
    return None


def _epmd_below(erlang: Path) -> str | None:
    found: Sequence[Path] = sorted(
        [*erlang.glob("erts-*/bin/epmd"), *erlang.glob("lib/erlang/erts-*/bin/epmd")]
    )
    return str(found[-1]) if found else None


def how_to_get_it() -> str:
    """The exact command for this machine."""
    return (
        "brew install rabbitmq"
        if sys.platform == "darwin"
        else "sudo apt-get install --no-install-recommends rabbitmq-server"
    )
