"""Who a caller is, as far as this service cares."""

from dataclasses import dataclass
from typing import Literal

from autocrea.contracts.ids import UserId

Role = Literal["user", "operator"]


@dataclass(frozen=True, slots=True)
class Identity:
    """A person whose session the issuer vouched for."""

    user_id: UserId
    session_id: str
    email: str | None
    email_verified: bool
    name: str | None
    role: Role


class InvalidToken(Exception):
    """A token that proves nothing. `code` is the problem people are told, `reason` is for the log only."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason
