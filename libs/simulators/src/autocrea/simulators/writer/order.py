"""What is ordered, and what every application must be able to hand over for it."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from autocrea.simulators.writer.brief import Language

Json = dict[str, Any]

# Longer names would break headings and buttons of the generated pages.
PROJECT_CHARS_MAX = 60
REQUEST_CHARS_MAX = 280


# The steps of a whole application, in the order in which they write.
STEPS = ("backend", "frontend", "devops")


@dataclass(frozen=True, slots=True)
class Order:
    """An application's order: all that its text depends on. `steps` are those that write files."""

    project: str
    language: Language
    request: str
    steps: tuple[str, ...] = STEPS

    @property
    def slug(self) -> str:
        """The project's name as it may stand in a package or a container's name."""
        return slug(self.project) or "app"


class Application(Protocol):
    """A kind of application; each answer is a function of the order alone."""

    def contract(self, order: Order) -> Json:
        """The architecture: an application contract."""

    def files(self, order: Order) -> Mapping[str, str]:
        """Every file that the contract promises: path → text."""

    def audit(self, order: Order) -> Json:
        """The security audit: a report on exactly these files."""


def order(project: str, language: Language, request: str, steps: tuple[str, ...] | None = None) -> Order:
    """An order with its names made fit to print: one line each, no control characters, not too long."""
    name = _line(project, PROJECT_CHARS_MAX) or "App"
    return Order(name, language, _line(request, REQUEST_CHARS_MAX), steps or STEPS)


def slug(text: str) -> str:
    """Lower-case ASCII letters and digits, joined by hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", plain(text)).strip("-")


def plain(text: str) -> str:
    """Lower case without accents."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def step_of(path: str, steps: tuple[str, ...] = STEPS) -> str | None:
    """The step that writes a file of this path; None for a part that none of them writes."""
    first = path.partition("/")[0]
    step = first if first in ("backend", "frontend") else "devops"
    if step == "devops" and step not in steps and "backend" not in steps:
        step = "frontend"  # pages alone: what stands at the top is theirs
    return step if step in steps else None


def _line(text: str, chars_max: int) -> str:
    printable = "".join(char if char.isprintable() else " " for char in text)
    line = " ".join(printable.split())
    return line if len(line) <= chars_max else line[: chars_max - 1].rstrip() + "…"
