"""What a step's answers have to add up to: the port between the course of an attempt and the two kinds of output.

One instance gathers the calls of one model. Changing the model means starting with a fresh one: texts are never joined.
"""

from dataclasses import dataclass
from typing import Protocol

from autocrea.contracts.llm_router.v1 import Output
from autocrea.contracts.shapes import RejectedFile
from autocrea.llm_router.domain.answers import Stop, Turn


@dataclass(frozen=True, slots=True)
class Piece:
    """Text of a file as it arrives, for whoever watches. `offset` counts characters from the file's beginning.

    `path` is None where the output is a document.
    """

    path: str | None
    offset: int
    text: str


@dataclass(frozen=True, slots=True)
class Whole:
    """The output is complete."""

    output: Output
    rejected: tuple[RejectedFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Incomplete:
    """The answer broke off: the same model goes on when told these turns after the prompt.

    `contributed` says whether it brought a part of the output.
    """

    turns: tuple[Turn, ...]
    sentence: str
    contributed: bool


@dataclass(frozen=True, slots=True)
class Invalid:
    """The answer is not what was asked for: the same model tries again when told these turns after the prompt.

    `cut` says that the model ran into its limit.
    """

    turns: tuple[Turn, ...]
    sentence: str
    cut: bool = False


Verdict = Whole | Incomplete | Invalid


class Reading(Protocol):
    """One answer as it arrives."""

    @property
    def chars(self) -> int:
        """How much was written so far, in characters."""
        ...

    @property
    def bytes(self) -> int:
        """The same in UTF-8 bytes."""
        ...

    def feed(self, text: str) -> list[Piece]:
        """Take the next piece in; the text that became certain with it."""
        ...

    def finish(self, stop: Stop) -> Verdict:
        """Count the answer in, which ended without failure, and say what the output is now."""
        ...


class Gathering(Protocol):
    """The output of one model as it comes together."""

    def format(self) -> str:
        """The section `## Output format` of the prompt."""
        ...

    def begin(self) -> Reading:
        """A fresh reading, for one call."""
        ...
