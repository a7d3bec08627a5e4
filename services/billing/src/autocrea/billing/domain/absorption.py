"""What the platform pays for a user: rejected attempts and cancelled steps, capped per day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from autocrea.contracts.ids import UserId


@dataclass(slots=True)
class Absorption:
    """One user's day (UTC)."""

    user_id: UserId
    day: date
    absorbed_tokens: int = 0
    blocked_until: datetime | None = None

    def add(self, tokens: int, daily_max_tokens: int) -> None:
        """Count tokens; at the cap new reservations are refused until the day is over."""
        self.absorbed_tokens += tokens
        if self.absorbed_tokens >= daily_max_tokens:
            self.blocked_until = next_midnight(self.day)


def next_midnight(day: date) -> datetime:
    """The first moment of the following day, UTC."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=UTC)
