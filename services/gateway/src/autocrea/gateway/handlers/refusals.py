"""A business no, with the status that the table of problems gives its code."""

from typing import Any

from autocrea.chassis.errors import Refused
from autocrea.gateway.domain.account import Shortage
from autocrea.gateway.domain.problems import PROBLEMS, sentence


def refused(code: str, **members: Any) -> Refused:
    """Make the exception to raise; `members` join the answer and may be named by the sentence."""
    return Refused(code, sentence(code, "en", members), status=PROBLEMS[code].status, **members)


def refused_for(shortage: Shortage) -> Refused:
    """The same for what a balance has against a run."""
    return refused(shortage.code, **shortage.figures)
