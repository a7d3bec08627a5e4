"""The numbers that the business sets; read from the settings once."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    """What is given away and what is paid for people, per day (UTC)."""

    welcome_tokens: int
    welcome_daily_max_tokens: int
    absorbed_daily_max_tokens: int
