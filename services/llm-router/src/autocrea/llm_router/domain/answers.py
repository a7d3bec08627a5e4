"""What goes to a model and what comes back of one call: turns, how an answer stopped, how a call failed."""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Literal

from autocrea.contracts.shapes import Usage
from autocrea.contracts.vocabulary import CallOutcome

ANSWER_BYTES_MAX = 4 * 1024 * 1024
"""Four times what a step may deliver: a model that writes more is in a loop and is cut off as if at its own limit."""

PSEUDONYM_CHARS = 32  # 128 bits; the strictest provider takes 64 characters

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the conversation with a model."""

    role: Role
    text: str


class Stop(StrEnum):
    """Why a model stopped writing."""

    END = "end"
    LENGTH = "length"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Failure:
    """How a call failed. `outcome` is its error class: what to do about it follows from that alone."""

    outcome: CallOutcome
    sentence: str  # for operators, in English, without content or secrets
    retry_after_seconds: float | None = None  # as the provider asked
    slow: bool = False  # a clock ran out: every further try costs as much time again


@dataclass(frozen=True, slots=True)
class Ended:
    """How a call ended, for its row and its entry in the reply."""

    outcome: CallOutcome
    usage: Usage
    first_token_ms: int | None
    total_ms: int
    sentence: str = ""


def pseudonym(user_id: str) -> str:
    """The same for the same person, and of no use to anybody who does not know the person's id."""
    return sha256(user_id.encode()).hexdigest()[:PSEUDONYM_CHARS]


def joined(turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """The same conversation as it can be sent: no two turns of one role in a row, which some providers refuse, and no
    halves of characters, as a model may have written them: JSON cannot carry them."""
    merged: list[Turn] = []
    for turn in turns:
        text = turn.text.encode("utf-8", "replace").decode()
        if merged and merged[-1].role == turn.role:
            merged[-1] = Turn(turn.role, f"{merged[-1].text}\n\n{text}")
        else:
            merged.append(Turn(turn.role, text))
    return tuple(merged)
