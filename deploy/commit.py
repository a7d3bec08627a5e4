"""What is committed: its version and time, its files in another folder, and whether it may be released."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class NotReleasable(Exception):
    """Says in a sentence what stands against a release."""


class Commit:
    """The last commit of a checkout, as it is when this is made: a build takes minutes, and people go on working."""

    def __init__(self, checkout: Path = ROOT) -> None:
        self.checkout = checkout
        self.changed = self._git("status", "--porcelain").splitlines()
        """What is not as it was committed."""
        self.id = self._git("rev-parse", "HEAD")
        self.revision = f"{self.id}-dirty" if self.changed else self.id
        self.time = int(self._git("log", "-1", "--format=%ct"))
        """Seconds since 1970: the one time in everything that is built from it."""
        self.version = str(tomllib.loads((checkout / "pyproject.toml").read_text())["project"]["version"])

    def export(self, folder: Path) -> Path:
        """Its files and no others, with the rights that git knows of."""
        folder.mkdir(parents=True)
        archive = subprocess.run(
            ["git", "-C", str(self.checkout), "-c", "tar.umask=0022", "archive", self.id],
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
        subprocess.run(["tar", "-x", "-C", str(folder)], input=archive, check=True)
        return folder

    def check(self) -> None:
        """Raises NotReleasable."""
        if self.changed:
            raise NotReleasable(
                f"{len(self.changed)} files are not as committed (first: {self.changed[0]}); commit or stash them"
            )
        others = {name: number for name, number in self.members().items() if number != self.version}
        if others:
            raise NotReleasable(
                f"the version is {self.version}, but {others} say otherwise; give all the same"
            )
        self.notes()
        tags = self._git("tag", "--points-at", "HEAD", "--list", "v[0-9]*").split()
        if tags and f"v{self.version}" not in tags:
            raise NotReleasable(f"this commit is tagged {', '.join(tags)}, but its version is {self.version}")
        if not tags and self._git("tag", "--list", f"v{self.version}"):
            raise NotReleasable(
                f"v{self.version} is tagged on another commit: a released version stays as it is, raise the version"
            )

    def notes(self) -> str:
        """The changelog's section of this version. Raises NotReleasable."""
        text = (self.checkout / "CHANGELOG.md").read_text()
        section = re.search(rf"^## {re.escape(self.version)}\b.*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
        if section is None:
            raise NotReleasable(f"CHANGELOG.md has no section of version {self.version}")
        return section[0].strip() + "\n"

    def members(self) -> dict[str, str]:
        """Each one's version by its name; the page's too."""
        found = {}
        for pattern in ("libs/*", "services/*", "cli"):
            for path in self.checkout.glob(f"{pattern}/pyproject.toml"):
                project = tomllib.loads(path.read_text())["project"]
                found[project["name"]] = project["version"]
        page = self.checkout / "frontend" / "package.json"
        if page.exists():
            project = json.loads(page.read_text())
            found[project["name"]] = project["version"]
        return found

    def _git(self, *argv: str) -> str:
        told = subprocess.run(
            ["git", "-C", str(self.checkout), *argv], stdout=subprocess.PIPE, text=True, check=True
        )
        return told.stdout.strip()
