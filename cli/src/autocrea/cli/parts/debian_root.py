"""A root folder of another Debian with its RabbitMQ inside, for tests on that version: `python -m
autocrea.cli.parts.debian_root [suite]`.

Prints the folder and exits 0, or prints why it cannot be had here and exits 3. Made once, kept in the cache; nothing
is installed: where debootstrap is missing, it is unpacked beside the folder.
"""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from autocrea.cli.parts import debian
from autocrea.cli.parts.processes import quiet_environment
from autocrea.cli.parts.rabbitmq_programs import version_below
from autocrea.cli.stack.state import find_state
from autocrea.cli.trouble import Trouble

SUITE = "sid"
"""Debian's unstable carries RabbitMQ 4.3; its newest release, 13, carries 4.0."""

MAKE_SECONDS = 580
"""A minute and a half on a good line; a machine where it takes ten minutes has no line."""

CANNOT = 3
"""The exit code that a caller may take as a reason to skip; any other but 0 is a bug of ours."""

IN_A_MOUNT_NAMESPACE = ("unshare", "--mount")
"""What is mounted below it goes with it, also when it is killed."""


class NotHere(Exception):
    """This machine cannot make a root folder; says why and what would help."""


def make_root(folder: Path, suite: str) -> None:
    """Make it unless it is there. Raises NotHere."""
    if os.geteuid() != 0:
        raise NotHere("only root can make and enter a root folder")
    if not _works([*IN_A_MOUNT_NAMESPACE, "true"]):
        raise NotHere("root may not mount anything here (a container without CAP_SYS_ADMIN?)")
    whole = folder / ".whole"
    if whole.exists():
        return
    debootstrap, environment = _debootstrap(folder.parent)
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    argv = [debootstrap, "--variant=minbase", "--include=rabbitmq-server", suite, str(folder)]
    log = folder.with_suffix(".log")
    try:
        made = _works([*IN_A_MOUNT_NAMESPACE, *argv], log=log, environment=environment)
    except subprocess.TimeoutExpired:
        raise NotHere(f"debootstrap did not end within {MAKE_SECONDS} s (see {log})") from None
    if not made:
        said = log.read_text(errors="replace").strip().splitlines() or ["nothing"]
        raise NotHere(f"debootstrap failed, is there a network? It said last: {said[-1]} (see {log})")
    (folder / "etc" / "hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")
    whole.touch()


def forget_nodes(folder: Path) -> None:
    """Remove what the nodes of earlier test runs left in it."""
    shutil.rmtree(folder / "srv", ignore_errors=True)


def _debootstrap(cache: Path) -> tuple[str, Mapping[str, str]]:
    """The installed program, else Debian's package (shell scripts) unpacked into the cache; and its environment."""
    installed = shutil.which("debootstrap")
    if installed:
        return installed, {}
    remedy = "apt-get install --no-install-recommends debootstrap"
    if not debian.available():
        raise NotHere(f"debootstrap is missing: {remedy}")
    unpacked = cache / "debootstrap"
    try:
        asyncio.run(debian.have(["debootstrap"], unpacked, log=cache / "apt.log"))
    except Trouble as trouble:
        raise NotHere(f"debootstrap is missing and could not be fetched ({trouble}): {remedy}") from None
    program = unpacked / "usr" / "sbin" / "debootstrap"
    return str(program), {"DEBOOTSTRAP_DIR": str(unpacked / "usr" / "share" / "debootstrap")}


def _works(
    argv: Sequence[str], *, log: Path = Path(os.devnull), environment: Mapping[str, str] | None = None
) -> bool:
    """Run to its end, output to the log. Raises subprocess.TimeoutExpired."""
    if shutil.which(argv[0]) is None:
        return False
    with log.open("wb") as output:
        ended = subprocess.run(  # noqa: S603 -- argv is ours
            argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=quiet_environment(**(environment or {})),
            timeout=MAKE_SECONDS,
            check=False,
        )
    return ended.returncode == 0


def main() -> None:
    suite = sys.argv[1] if len(sys.argv) > 1 else SUITE
    folder = find_state().cache / f"debian-{suite}"
    try:
        make_root(folder, suite)
    except NotHere as reason:
        print(reason)
        sys.exit(CANNOT)
    forget_nodes(folder)
    major, minor = version_below(folder / "usr" / "lib" / "rabbitmq") or (0, 0)
    print(f"RabbitMQ {major}.{minor} from Debian {suite}", file=sys.stderr)
    print(folder)


if __name__ == "__main__":
    main()
