"""Who a caller is and what they may do, as far as this service cares."""

from dataclasses import dataclass
from typing import Literal

from autocrea.contracts.ids import UserId

Role = Literal["user", "operator"]
Scope = Literal["read", "write", "account", "operate"]
"""`read` looks at what is one's own, `write` makes and changes it, `account` is the account itself and its access
tokens, `operate` is for operators. Only the first two can be given to an access token."""

OF_A_SESSION: frozenset[Scope] = frozenset({"read", "write", "account"})
OF_AN_OPERATORS_SESSION: frozenset[Scope] = OF_A_SESSION | {"operate"}


@dataclass(frozen=True, slots=True)
class Identity:
    """A person whose session the issuer vouched for, or who showed an access token of theirs."""

    user_id: UserId
    session_id: str
    email: str | None
    email_verified: bool
    name: str | None
    role: Role
    scopes: frozenset[Scope] = OF_A_SESSION


class InvalidToken(Exception):
    """A token that proves nothing. `code` is the problem people are told, `reason` is for the log only."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason
