"""`python -m autocrea.testkit.generate [--check]`: write the generated files, or name those that differ."""

import argparse
import asyncio
import sys
from pathlib import Path

from autocrea.testkit.generate import broker, environment, messages, openapi, schema


def workspace() -> Path:
    """The root of the checkout."""
    for parent in Path(__file__).resolve().parents:
        if (parent / "uv.lock").exists():
            return parent
    raise SystemExit("generate: run it inside a checkout of the workspace")


def generated(root: Path) -> dict[Path, str]:
    """Every generated file and what must be in it."""
    files = {root / path: text for path, text in asyncio.run(schema.files()).items()}
    files |= {root / path: text for path, text in broker.files().items()}
    for part in (messages.files(), environment.files(), openapi.files()):
        files |= {root / "docs" / "reference" / path: text for path, text in part.items()}
    return files


def main() -> None:
    parser = argparse.ArgumentParser(prog="generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file differs")
    check = parser.parse_args().check
    root = workspace()
    files = generated(root)
    stale = {
        path for path in (root / "docs" / "reference").rglob("*") if path.is_file() and path not in files
    }
    different = {path for path, text in files.items() if not path.exists() or path.read_text("utf-8") != text}
    if check:
        for path in sorted(different | stale):
            print(f"{path.relative_to(root)} is not what `make generate` writes")
        sys.exit(1 if different or stale else 0)
    for path in sorted(different):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files[path], "utf-8")
        print(f"wrote {path.relative_to(root)}")
    for path in sorted(stale):
        path.unlink()
        print(f"removed {path.relative_to(root)}")


if __name__ == "__main__":
    main()
