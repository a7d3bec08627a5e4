"""The fault table: for each way of not getting an application, who pays, if a retry helps, what to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from autocrea.contracts.fault_texts import TEXTS
from autocrea.contracts.shapes import LocalText
from autocrea.contracts.vocabulary import known


class FaultCode(StrEnum):
    """Why a run did not end with a completed application."""

    PROVIDER_UNAVAILABLE = "provider_unavailable"
    PROVIDER_ACCOUNT = "provider_account"
    REQUEST_REJECTED = "request_rejected"
    RUN_DEADLINE = "run_deadline"
    PACKAGING_FAILED = "packaging_failed"
    INTERNAL = "internal"
    VERIFICATION_FAILED = "verification_failed"
    OUTPUT_TRUNCATED = "output_truncated"
    OUTPUT_INVALID = "output_invalid"
    CONTENT_REFUSED = "content_refused"
    CANCELLED_BY_USER = "cancelled_by_user"
    PROJECT_DELETED = "project_deleted"
    INSUFFICIENT_TOKENS = "insufficient_tokens"
    RECEIVABLE_OPEN = "receivable_open"
    ABSORPTION_CAPPED = "absorption_capped"
    QUOTE_CHANGED = "quote_changed"


class FaultClass(StrEnum):
    """Whose side a fault is on, which decides who pays."""

    INFRASTRUCTURE = "infrastructure"
    """Ours: the whole run is refunded and nothing counts as absorbed."""
    MODEL = "model"
    """The model's: completed steps stay charged, the failed one is not."""
    PERSON = "person"
    """The person's own decision: completed steps stay charged."""
    REFUSED = "refused"
    """The run was not started: nothing was held."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One row of the table."""

    code: FaultCode
    fault_class: FaultClass
    retryable: bool
    text: LocalText
    """What happened, and what it means for the person's tokens."""
    next_action: LocalText
    """What the person can do now."""

    @property
    def refunds(self) -> bool:
        """True when every charge of the run becomes 0."""
        return self.fault_class is FaultClass.INFRASTRUCTURE


def fault(code: str) -> Fault:
    """The row of `code`; one newer than this build reads as `internal`, which charges the person nothing."""
    return FAULTS[known(FaultCode, code) or FaultCode.INTERNAL]


_CLASSES: Final[Mapping[FaultClass, tuple[FaultCode, ...]]] = {
    FaultClass.INFRASTRUCTURE: (
        FaultCode.PROVIDER_UNAVAILABLE,
        FaultCode.PROVIDER_ACCOUNT,
        FaultCode.REQUEST_REJECTED,
        FaultCode.RUN_DEADLINE,
        FaultCode.PACKAGING_FAILED,
        FaultCode.INTERNAL,
    ),
    FaultClass.MODEL: (
        FaultCode.VERIFICATION_FAILED,
        FaultCode.OUTPUT_TRUNCATED,
        FaultCode.OUTPUT_INVALID,
        FaultCode.CONTENT_REFUSED,
    ),
    FaultClass.PERSON: (FaultCode.CANCELLED_BY_USER, FaultCode.PROJECT_DELETED),
    FaultClass.REFUSED: (
        FaultCode.INSUFFICIENT_TOKENS,
        FaultCode.RECEIVABLE_OPEN,
        FaultCode.ABSORPTION_CAPPED,
        FaultCode.QUOTE_CHANGED,
    ),
}
_NOT_RETRYABLE: Final = frozenset([FaultCode.PROJECT_DELETED])
"""Its files are gone, and so is the place where a retry could be pressed."""

FAULTS: Final[Mapping[FaultCode, Fault]] = MappingProxyType(
    {
        code: Fault(
            code=code,
            fault_class=fault_class,
            retryable=code not in _NOT_RETRYABLE,
            text=TEXTS[code.value].text,
            next_action=TEXTS[code.value].next_action,
        )
        for fault_class, codes in _CLASSES.items()
        for code in codes
    }
)
