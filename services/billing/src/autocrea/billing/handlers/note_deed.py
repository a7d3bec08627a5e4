"""What operators look at is written down beside what they change."""

from datetime import datetime

from autocrea.billing.domain.audit import AuditEntry
from autocrea.billing.domain.books import Books
from autocrea.chassis.handlers import Effects


def decide(
    actor: str, action: str, subject: str, reason: str | None, found: Books, now: datetime
) -> tuple[None, Effects]:
    """Note a deed that moves no tokens."""
    found.audit.append(AuditEntry(at=now, actor=actor, action=action, subject=subject, reason=reason))
    return None, Effects()
