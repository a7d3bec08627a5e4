"""What operators did to the ledger, and why."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One deed; never changed."""

    at: datetime
    actor: str
    action: str
    subject: str
    tokens: int | None = None
    reason: str | None = None
    idempotency_key: str | None = None
