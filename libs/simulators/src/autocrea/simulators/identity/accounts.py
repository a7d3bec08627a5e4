"""Accounts that the issuer knows: the fixtures, and those minted since."""

import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

# Benchmarks spread their load over accounts; more than this is a loop gone wild.
ACCOUNTS_MAX = 20_000
ACCOUNT_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,63}$"


class TooManyAccounts(Exception):
    """`ACCOUNTS_MAX` accounts exist already."""


class AccountExists(Exception):
    """An account of this name exists and differs."""


class Account(BaseModel):
    """A person as the issuer's tokens describe them; `user_id` is the tokens' subject."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    account: str = Field(pattern=ACCOUNT_PATTERN)
    name: str
    email: str
    email_verified: bool = True
    role: str = "user"

    @property
    def user_id(self) -> str:
        """The `sub` claim."""
        return f"user_{self.account}"

    def shown(self) -> dict[str, object]:
        """The account as the API shows it."""
        return {"user_id": self.user_id} | self.model_dump()


class NewAccount(BaseModel):
    """What a caller may say about a new account; the rest is made up from its name."""

    model_config = ConfigDict(extra="forbid")
    account: str | None = Field(default=None, pattern=ACCOUNT_PATTERN)
    name: str | None = None
    email: str | None = None
    email_verified: bool | None = None
    role: str | None = None

    def says_more_than_its_name(self) -> bool:
        """Whether any field but the name is given."""
        return bool(self.model_fields_set - {"account"})


FIXTURES = (
    Account(account="ada", name="Ada", email="ada@autocrea.test"),
    Account(account="bruno", name="Bruno", email="bruno@autocrea.test", email_verified=False),
    Account(account="olga", name="Olga", email="olga@autocrea.test", role="operator"),
)


class Accounts:
    """The accounts by name; kept in `path` over a restart where one is given."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._accounts = {one.account: one for one in FIXTURES}
        if path is not None and path.exists():
            kept = [Account.model_validate(row) for row in json.loads(path.read_text(encoding="utf-8"))]
            self._accounts |= {one.account: one for one in kept}

    def all(self) -> list[Account]:
        """Every account, oldest first."""
        return list(self._accounts.values())

    def find(self, account: str) -> Account | None:
        """The account of this name, with or without `user_` before it."""
        return self._accounts.get(account) or self._accounts.get(account.removeprefix("user_"))

    def mint(self, new: NewAccount) -> Account:
        """A new account, or the equal one that exists; raises `AccountExists` and `TooManyAccounts`."""
        name = new.account or self._free_name()
        given = new.model_dump(exclude_none=True, exclude={"account"})
        made_up = {"name": name.replace("-", " ").title(), "email": f"{name}@autocrea.test"}
        account = Account.model_validate({"account": name} | made_up | given)
        if (existing := self._accounts.get(name)) is not None:
            if existing != account:
                raise AccountExists(f"the account {name} exists and is another one")
            return existing
        if len(self._accounts) >= ACCOUNTS_MAX:
            raise TooManyAccounts(f"{ACCOUNTS_MAX} accounts exist already")
        self._accounts[name] = account
        self._keep()
        return account

    def _free_name(self) -> str:
        number = len(self._accounts) + 1
        while f"guest-{number}" in self._accounts:
            number += 1
        return f"guest-{number}"

    def _keep(self) -> None:
        if self._path is not None:
            minted = [one.model_dump() for one in self._accounts.values() if one not in FIXTURES]
            part = self._path.with_suffix(".part")
            part.write_text(json.dumps(minted, ensure_ascii=False), encoding="utf-8")
            part.replace(self._path)
