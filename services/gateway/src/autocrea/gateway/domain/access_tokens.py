"""Access tokens that people make for the command line and for scripts: what they look like, what is kept of them."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from autocrea.contracts.ids import UserId
from autocrea.gateway.domain.identity import Scope

PREFIX = "acr_"  # tells them from session tokens, and lets scanners find those that were committed by mistake
SECRET_BYTES = 32
HINT_CHARACTERS = 4
PER_USER_MAX = 20  # one for each machine and script; more is a loop gone wild
LIFETIME_DAYS_DEFAULT = 90
LIFETIME_DAYS_MAX = 365


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A row of `access_tokens`. The token itself is kept by its owner alone."""

    token_id: UUID
    user_id: UserId
    name: str
    scopes: tuple[Scope, ...]
    fingerprint: bytes
    hint: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None


def fingerprint(token: str) -> bytes:
    """What is kept of a token. It has 256 random bits, so a plain digest cannot be turned back by guessing."""
    return hashlib.sha256(token.encode()).digest()


def hint(token: str) -> str:
    """Its last characters, by which its owner tells it from their others."""
    return token[-HINT_CHARACTERS:]
