"""The page as one file: what a gateway serves from its `AUTOCREA_GATEWAY_PAGES_DIR`, for those who build no image."""

import io
import subprocess
import tarfile
from pathlib import Path

from autocrea.cli.parts.frontend import environment, npm


def build(source: Path, folder: Path, time: int) -> bytes:
    """A tar of the page, built from the sources into the folder by the locked Node and the locked packages."""
    frontend = source / "frontend"
    for words in (
        ["ci", "--omit=dev", "--no-audit", "--no-fund", "--prefer-offline", "--silent"],
        ["run", "build", "--silent", "--", "--outDir", str(folder), "--emptyOutDir", "--logLevel", "error"],
    ):
        subprocess.run(npm(words), cwd=frontend, env=environment(), check=True)
    return packed(folder, time)


def packed(folder: Path, time: int) -> bytes:
    """Its files in the order of their names, each of the same time, nobody's, readable by all. Not compressed: another
    version of a compressor would write other bytes."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            member = tarfile.TarInfo(path.relative_to(folder).as_posix())
            member.size, member.mtime, member.mode = path.stat().st_size, time, 0o644
            with path.open("rb") as content:
                archive.addfile(member, content)
    return written.getvalue()
