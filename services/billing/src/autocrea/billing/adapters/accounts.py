"""The table of accounts: user accounts locked first of all, the others read under that lock."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, LiteralString

from autocrea.billing.adapters.changes import Read, Row, changed
from autocrea.billing.domain.ledger import Account, user_account
from autocrea.billing.domain.wallet import Wallet, Welcome
from autocrea.chassis.database import columns
from autocrea.chassis.handlers import Connection
from autocrea.contracts.ids import UserId

# Before the locks, and sorted: whoever waits here for another's new account holds no lock yet.
_OPEN: Final[LiteralString] = """
INSERT INTO accounts (id, user_id)
SELECT 'user:' || u.id, u.id FROM unnest($1::text[]) AS u (id) ORDER BY 1
ON CONFLICT (id) DO NOTHING"""
_LOCK: Final[LiteralString] = """
SELECT id, user_id, debits_tokens, credits_tokens, version, entries, welcome, link
FROM accounts WHERE id = ANY($1::text[]) ORDER BY id FOR UPDATE"""
_OTHERS: Final[LiteralString] = """
SELECT id, user_id, debits_tokens, credits_tokens, version, entries, welcome, link
FROM accounts WHERE id = ANY($1::text[])"""
_SAVE: Final[LiteralString] = """
INSERT INTO accounts (id, user_id, debits_tokens, credits_tokens, version, entries, welcome, link)
SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[],
    $8::bytea[])
ON CONFLICT (id) DO UPDATE SET debits_tokens = EXCLUDED.debits_tokens, credits_tokens = EXCLUDED.credits_tokens,
    version = EXCLUDED.version, entries = EXCLUDED.entries, welcome = EXCLUDED.welcome, link = EXCLUDED.link"""
_COLUMNS: Final = 8


async def lock(connection: Connection, users: Sequence[UserId], read: Read) -> dict[UserId, Wallet]:
    """Open what is missing, lock the users' accounts in order, and return their wallets."""
    await connection.execute(_OPEN, sorted(users))
    wallets: dict[UserId, Wallet] = {}
    for row in await connection.fetch(_LOCK, [user_account(user_id) for user_id in users]):
        wallet = Wallet(
            user_id=UserId(row["user_id"]),
            version=row["version"],
            entries=row["entries"],
            welcome=Welcome(row["welcome"]),
        )
        _fill(wallet.account, row)
        wallets[wallet.user_id] = wallet
        read["accounts", wallet.account.id] = tuple(row)
    return wallets


async def load_others(connection: Connection, wallets: Iterable[Wallet], read: Read) -> None:
    """Read the sums of the wallets' hold and receivable accounts; one that is not there has none."""
    others = {account.id: account for wallet in wallets for account in _others(wallet)}
    for row in await connection.fetch(_OTHERS, sorted(others)):
        account = others[row["id"]]
        _fill(account, row)
        read["accounts", account.id] = tuple(row)


async def save(connection: Connection, wallets: Iterable[Wallet], read: Read) -> None:
    """Write the accounts that changed; an account that never moved gets no row."""
    rows: dict[str, Row] = {}
    for wallet in wallets:
        rows[wallet.account.id] = _row(wallet.account, wallet.version, wallet.entries, wallet.welcome)
        rows |= {
            a.id: _row(a, 0, 0, Welcome.NONE) for a in _others(wallet) if a.credits_tokens or a.debits_tokens
        }
    found = changed(read, "accounts", rows)
    if found:
        await connection.execute(_SAVE, *columns(found, _COLUMNS))


def _row(account: Account, version: int, entries: int, welcome: Welcome) -> Row:
    sums = (account.debits_tokens, account.credits_tokens)
    return (account.id, account.user_id, *sums, version, entries, welcome.value, account.link)


def _fill(account: Account, row: Any) -> None:
    account.debits_tokens, account.credits_tokens = row["debits_tokens"], row["credits_tokens"]
    account.link = row["link"]


def _others(wallet: Wallet) -> list[Account]:
    return [wallet.receivable, *(hold.account for hold in wallet.holds.values())]
