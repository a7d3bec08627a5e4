"""What the scanners of the security audit find in a file: a rule, how grave it is, where."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["critical", "high", "medium", "low", "info"]
GRAVEST_FIRST: tuple[Severity, ...] = ("critical", "high", "medium", "low", "info")

HAZARDS_MAX = 200  # in one file: who reads more has to mend the first ones anyway


@dataclass(frozen=True, slots=True)
class Hazard:
    """A line that a rule warns of. `note` is the rule's own English sentence, for rules without words of ours."""

    rule: str
    severity: Severity
    line: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class FileHazards:
    """What was found in one file; `crashed` says that it could not be scanned, and why."""

    path: str
    hazards: tuple[Hazard, ...] = ()
    crashed: str | None = None
