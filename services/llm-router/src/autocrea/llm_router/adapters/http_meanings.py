"""What HTTP itself says of a call that failed: its status, and how long to wait. Bodies are each wire's own."""

import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

from autocrea.contracts.vocabulary import CallOutcome

_ACCOUNT = (401, 402, 403)
_FAILOVER = (404, 413, 501)  # not here, not this much, not with this model: the next one may take it
_RETRY_SAME = (408, 409, 425, 429)


def outcome_of_status(status: int) -> CallOutcome | None:
    """What can be done about a status, whoever sent it; None where only the body knows."""
    if status in _ACCOUNT:
        return CallOutcome.ACCOUNT
    if status in _FAILOVER or status < 400:
        return CallOutcome.FAILOVER
    if status in _RETRY_SAME or status >= 500:
        return CallOutcome.RETRY_SAME
    return None


def retry_after_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    """How long the provider asks to be left alone; None when it does not say, or nothing that can be read."""
    milliseconds = headers.get("retry-after-ms")
    told = headers.get("retry-after")
    try:
        if milliseconds is not None:
            return max(0.0, float(milliseconds) / 1_000)
        if told is None:
            return None
        if re.fullmatch(r"\s*[0-9.]+\s*", told):
            return float(told)
        return max(0.0, (parsedate_to_datetime(told) - now).total_seconds())
    except (ValueError, TypeError):  # unreadable, or a date without a zone
        return None
