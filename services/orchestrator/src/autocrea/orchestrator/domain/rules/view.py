"""What the rules look at: the facts of a step's files, the contract, and every path that is or will be there."""

from collections.abc import Iterator
from dataclasses import dataclass

from autocrea.contracts.application import ApplicationContract
from autocrea.contracts.shapes import Finding
from autocrea.contracts.vocabulary import FindingClass
from autocrea.orchestrator.domain.facts import FileFacts, Language
from autocrea.orchestrator.domain.findings import finding
from autocrea.orchestrator.domain.pipeline import StepSpec

SCRIPTS: frozenset[Language] = frozenset({"javascript", "typescript", "tsx"})


@dataclass(frozen=True, slots=True)
class View:
    """`paths` are the files of completed steps, of this one, and those that the contract promises of others."""

    step: StepSpec
    contract: ApplicationContract | None
    facts: tuple[FileFacts, ...]
    paths: frozenset[str]

    def has(self, path: str) -> bool:
        """Whether there is such a file, or a folder with files in it."""
        return path in self.paths or any(one.startswith(f"{path}/") for one in self.paths)

    def in_language(self, *languages: Language) -> Iterator[FileFacts]:
        return (one for one in self.facts if one.language in languages)


def error(rule: str, sentence: str, path: str | None = None, line: int | None = None) -> Finding:
    """A finding that is repaired, and a warning where repairing did not help."""
    return finding(rule, FindingClass.ERROR, sentence, path=path, line=line)


def joined(folder: str, relative: str) -> str | None:
    """The path that `relative` names from a folder; None when it leaves the application."""
    parts: list[str] = []
    for part in [*folder.split("/"), *relative.split("/")]:
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in (".", ""):
            parts.append(part)
    return "/".join(parts)


def folder_of(path: str) -> str:
    return path.rpartition("/")[0]
