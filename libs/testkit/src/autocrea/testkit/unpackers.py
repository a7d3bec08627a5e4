"""The programs that people open a ZIP with: installed ones, else Debian's packages, unpacked into the cache."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from autocrea.cli.parts import debian
from autocrea.cli.parts.processes import quiet_environment
from autocrea.cli.stack.state import find_state
from autocrea.cli.trouble import Trouble

EXTRACT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Kind:
    """One of them: its program, Debian's package of it, and its words to extract `{archive}` into `{folder}`."""

    program: str
    package: str
    words: tuple[str, ...]


KINDS = {
    "Info-ZIP": Kind("unzip", "unzip", ("-q", "{archive}", "-d", "{folder}")),
    "bsdtar": Kind("bsdtar", "libarchive-tools", ("-x", "-f", "{archive}", "-C", "{folder}")),
    "7-Zip": Kind("7zz", "7zip", ("x", "-bd", "-o{folder}", "{archive}")),
}


class NotHere(Exception):
    """This machine does not have it and cannot get it; says why and what would help."""


@dataclass(frozen=True, slots=True)
class Unpacker:
    """A program that can be run."""

    kind: Kind
    program: str
    libraries: str = ""

    def extract(self, archive: Path, folder: Path) -> None:
        """As a person does it, into a folder that is there. Raises CalledProcessError for anything but success."""
        words = [word.format(archive=archive, folder=folder) for word in self.kind.words]
        environment = quiet_environment(LC_ALL="C.UTF-8", LD_LIBRARY_PATH=self.libraries)
        subprocess.run(
            [self.program, *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=environment,
            timeout=EXTRACT_SECONDS,
            check=True,
        )


async def find_unpacker(name: str) -> Unpacker:
    """One of `KINDS`. Of several tests that want it at once one fetches it. Raises NotHere."""
    kind = KINDS[name]
    installed = shutil.which(kind.program)
    if installed:
        return Unpacker(kind, installed)
    if not debian.available():
        raise NotHere(f"{kind.program} is missing, and there is no apt to fetch it with")
    cache = find_state().cache / "unpackers"
    folder = cache / kind.package
    try:
        await debian.have([kind.package], folder, log=cache / "apt.log", with_dependencies=True)
    except Trouble as trouble:
        remedy = f"apt-get install --no-install-recommends {kind.package}"
        raise NotHere(f"{kind.program} is missing and could not be fetched ({trouble}): {remedy}") from None
    return Unpacker(
        kind, str(folder / "usr" / "bin" / kind.program), os.pathsep.join(debian.libraries(folder))
    )
