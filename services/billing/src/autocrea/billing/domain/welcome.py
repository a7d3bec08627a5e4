"""The welcome grant: once per user, for a verified e-mail, within what the platform gives away per day."""

from dataclasses import dataclass
from datetime import date, datetime

from autocrea.billing.domain.absorption import next_midnight
from autocrea.billing.domain.ledger import Purpose
from autocrea.billing.domain.wallet import Wallet, Welcome


@dataclass(slots=True)
class WelcomeBudget:
    """What the last day that gave anything gave away (UTC). Locked only while somebody is welcomed."""

    day: date
    granted_tokens: int = 0

    def take(self, tokens: int, today: date, daily_max_tokens: int) -> bool:
        """Count a grant; False when the budget does not contain it. A clock that is behind counts along."""
        if today > self.day:
            self.day, self.granted_tokens = today, 0
        if self.granted_tokens + tokens > daily_max_tokens:
            return False
        self.granted_tokens += tokens
        return True


def welcome(
    wallet: Wallet, budget: WelcomeBudget, tokens: int, daily_max_tokens: int, now: datetime
) -> datetime | None:
    """Welcome a user whose e-mail is verified. Returns when to try again if today's budget is spent."""
    if wallet.welcome is Welcome.GRANTED or tokens == 0:
        return None
    if not budget.take(tokens, now.date(), daily_max_tokens):
        wallet.welcome = Welcome.WAITING
        return next_midnight(now.date())
    wallet.grant(tokens, f"grant:welcome:{wallet.user_id}", Purpose(reason="welcome"), now)
    wallet.welcome = Welcome.GRANTED
    return None
