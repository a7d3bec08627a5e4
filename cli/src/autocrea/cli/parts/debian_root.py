"""A root folder of another Debian with its RabbitMQ inside, for tests on that version: `python -m
autocrea.cli.parts.debian_root`.

Prints the folder and exits 0, or prints why it cannot be had and exits 1. Made once, kept in the cache.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from autocrea.cli.stack.state import find_state

SUITE = "sid"
"""Debian's unstable carries RabbitMQ 4.3; its newest release, 13, carries 4.0."""

MAKE_SECONDS = 580
"""Half a minute on a good line; a machine where it takes ten minutes has no line."""


def make_root(folder: Path, suite: str) -> str | None:
    """Make it unless it is there. Returns None, or why it cannot be made."""
    ready = folder / ".whole"
    if ready.exists():
        shutil.rmtree(folder / "srv", ignore_errors=True)  # nodes of earlier runs
        return None
    if os.geteuid() != 0:
        return "only root can make and enter a root folder"
    if shutil.which("debootstrap") is None:
        return "debootstrap is missing: apt-get install --no-install-recommends debootstrap"
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    log = folder.with_suffix(".log")
    with log.open("wb") as output:
        argv = ["debootstrap", "--variant=minbase", "--include=rabbitmq-server", suite, str(folder)]
        try:
            made = subprocess.run(argv, stdout=output, stderr=output, timeout=MAKE_SECONDS, check=False)  # noqa: S603
        except subprocess.TimeoutExpired:
            return f"debootstrap did not end within {MAKE_SECONDS} s (see {log})"
    if made.returncode:
        return f"debootstrap failed (see {log})"
    (folder / "etc" / "hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")
    ready.touch()
    return None


def main() -> None:
    suite = sys.argv[1] if len(sys.argv) > 1 else SUITE
    folder = find_state().cache / f"debian-{suite}"
    reason = make_root(folder, suite)
    print(reason or folder)
    sys.exit(1 if reason else 0)


if __name__ == "__main__":
    main()
