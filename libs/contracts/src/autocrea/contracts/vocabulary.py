"""Closed sets that may grow inside a version, and the rule by which consumers tolerate growth.

A field of type `Open[SomeEnum]` holds a member of the enum where the value is known, and the plain string
where a newer sender used a value that this build has not heard of. Compare with the members and let the
default branch take the rest; `known()` narrows to a member or None.
"""

from enum import StrEnum
from typing import Annotated, TypeVar

from pydantic import Field

E = TypeVar("E", bound=StrEnum)

Open = Annotated[E | str, Field(union_mode="left_to_right")]


def known(vocabulary: type[E], value: str | None) -> E | None:
    """The member that `value` names, or None when it is absent or newer than this build."""
    try:
        return None if value is None else vocabulary(value)
    except ValueError:
        return None


class Language(StrEnum):
    """The language of what people read."""

    ES = "es"
    EN = "en"


class StepState(StrEnum):
    """How a step stands in a run."""

    WAITING = "waiting"
    RUNNING = "running"
    VERIFYING = "verifying"
    COMPLETED = "completed"
    COMPLETED_WITH_WARNINGS = "completed_with_warnings"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


class FindingClass(StrEnum):
    """How grave a finding of the verification is."""

    WARNING = "warning"
    """Never repaired."""
    ERROR = "error"
    """Repaired; a warning when the repairs are used up."""
    BLOCKING = "blocking"
    """Repaired; the step fails when the repairs are used up."""


class CallKind(StrEnum):
    """Why a provider was called."""

    FIRST = "first"
    RETRY = "retry"
    FALLBACK = "fallback"
    CONTINUATION = "continuation"
    RE_ASK = "re_ask"


class CallOutcome(StrEnum):
    """How a provider call ended."""

    COMPLETED = "completed"
    RETRY_SAME = "retry_same"
    FAILOVER = "failover"
    REQUEST = "request"
    ACCOUNT = "account"
    REFUSED = "refused"
    TRUNCATED = "truncated"
    INVALID = "invalid"
    ABORTED = "aborted"


class RunOutcome(StrEnum):
    """How a run ends, as its settlement is told."""

    COMPLETED = "completed"
    COMPLETED_WITH_WARNINGS = "completed_with_warnings"
    FAILED = "failed"
    CANCELLED = "cancelled"


class PurchaseState(StrEnum):
    """How a purchase stands."""

    STARTED = "started"
    PAID = "paid"
    CREDITED = "credited"
    EXPIRED = "expired"
    FAILED = "failed"
    REFUNDED = "refunded"
    DISPUTED = "disputed"


class ChangeKind(StrEnum):
    """What moved a balance; the amount beside it is always positive."""

    GRANT = "grant"
    PURCHASE = "purchase"
    HOLD = "hold"
    CAPTURE = "capture"
    RELEASE = "release"
    REFUND = "refund"
    REVERSAL = "reversal"
    RECEIVABLE = "receivable"


class Rounding(StrEnum):
    """How a step's cost becomes whole tokens."""

    UP_PER_STEP = "up_per_step"
