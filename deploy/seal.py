"""Run while an image is built: what uv has installed becomes the same bytes whenever that was.

uv notes beside a package of ours when and from which folder it came; those notes go. Bytecode is compiled one file
after the other, because a compiler that has seen other files before writes other bytes, and is not held against its
source's time, because every file of a layer gets the same one. PYTHONHASHSEED must be 0: it orders constant sets.
"""

import compileall
import sys
from importlib.util import cache_from_source
from pathlib import Path
from py_compile import PycInvalidationMode

NOTES = ("uv_cache.json", "uv_build.json", "direct_url.json")
UNCHECKED = (1).to_bytes(4, "little")  # PEP 552's flags


def forget_when(packages: Path) -> None:
    """Take the notes out, and out of the lists of what was installed."""
    for record in packages.glob("*.dist-info/RECORD"):
        noted = {f"{record.parent.name}/{name}" for name in NOTES}
        lines = [line for line in record.read_text().splitlines() if line.partition(",")[0] not in noted]
        record.write_text("".join(f"{line}\n" for line in sorted(lines)))
        for name in NOTES:
            (record.parent / name).unlink(missing_ok=True)


def compile_all(folder: Path) -> None:
    """A file that is no Python of this version (a package may carry such examples) simply gets no bytecode."""
    for source in sorted(folder.rglob("*.py")):
        if not _sealed(Path(cache_from_source(str(source)))):
            compileall.compile_file(source, quiet=2, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)


def _sealed(bytecode: Path) -> bool:
    """Compiled by an earlier call: marked as bound to a hash that is not looked at."""
    return bytecode.exists() and bytecode.read_bytes()[4:8] == UNCHECKED


def main(folders: list[str]) -> None:
    for folder in map(Path, folders):
        forget_when(folder)
        compile_all(folder)


if __name__ == "__main__":
    main(sys.argv[1:])
