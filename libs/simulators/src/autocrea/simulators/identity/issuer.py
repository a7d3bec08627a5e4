"""Issuing session tokens: an account and a lifetime in, an RS256 JWT with Clerk's claims out."""

import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
from autocrea.simulators.identity.accounts import Account, Accounts, NewAccount
from autocrea.simulators.identity.keys import Keys
from autocrea.simulators.settings import TOKEN_LIFETIME_SECONDS
from pydantic import Field

# A token for a month is a password; a lifetime below zero makes one that has run out, which tests need.
LIFETIME_SECONDS_MAX = 30 * 24 * 3600
# Clerk dates `nbf` back by this much, for clocks that differ.
NOT_BEFORE_SECONDS = 10


class UnknownAccount(Exception):
    """Nobody of this name, and nothing said about a new account."""


class TokenRequest(NewAccount):
    """The body of `POST /identity/token`; `claims` replace the usual ones, null leaves a claim out."""

    lifetime_seconds: int = Field(
        default=TOKEN_LIFETIME_SECONDS, ge=-LIFETIME_SECONDS_MAX, le=LIFETIME_SECONDS_MAX
    )
    claims: dict[str, Any] = Field(default_factory=dict)

    def new_account(self) -> NewAccount:
        """The part that describes a person."""
        fields = NewAccount.model_fields.keys() & self.model_fields_set
        return NewAccount.model_validate(self.model_dump(include=set(fields)))


class Issuer:
    """Keys and accounts under one address."""

    def __init__(self, url: str, authorized_party: str, state_dir: Path | None) -> None:
        if state_dir is not None:
            state_dir.mkdir(parents=True, exist_ok=True)
        self.url = url
        self.authorized_party = authorized_party
        self.keys = Keys(None if state_dir is None else state_dir / "keys")
        self.accounts = Accounts(None if state_dir is None else state_dir / "accounts.json")

    def account_of(self, request: TokenRequest) -> Account:
        """The account that the request names, minted if it describes a new one; raises `UnknownAccount`."""
        new = request.new_account()
        if request.account is not None and not new.says_more_than_its_name():
            found = self.accounts.find(request.account)
            if found is None:
                raise UnknownAccount(
                    f"there is no account {request.account}; say its name or e-mail to mint it"
                )
            return found
        return self.accounts.mint(new)

    def token(self, account: Account, request: TokenRequest) -> str:
        """A session token for the account."""
        now = int(time.time())
        claims = {
            "iss": self.url,
            "sub": account.user_id,
            "azp": self.authorized_party,
            "iat": now,
            "nbf": now - NOT_BEFORE_SECONDS,
            "exp": now + request.lifetime_seconds,
            "sid": f"sess_{uuid4().hex}",
            "email": account.email,
            "email_verified": account.email_verified,
            "name": account.name,
            "role": account.role,
        } | request.claims
        key = self.keys.signing
        present = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(present, key.private, algorithm="RS256", headers={"kid": key.kid})
