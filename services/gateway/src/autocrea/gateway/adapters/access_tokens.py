"""Access tokens in the database: loaded and saved with their owner's row locked, looked up by whoever shows one."""

from collections.abc import Sequence
from typing import Any, LiteralString

from autocrea.chassis.database import Database
from autocrea.chassis.handlers import Connection
from autocrea.contracts.ids import UserId
from autocrea.gateway.adapters.reading import fetch, fetch_one
from autocrea.gateway.domain.access_tokens import AccessToken, fingerprint
from autocrea.gateway.domain.identity import Identity, InvalidToken
from autocrea.gateway.domain.read_model import Rows

TOKEN_CHARACTERS_MAX = 100  # ours have 47; more is work for whoever sends it

_COLUMNS: LiteralString = (
    "SELECT token_id, user_id, name, scopes, fingerprint, hint, created_at, expires_at, last_used_at"
)
_LOAD: LiteralString = _COLUMNS + " FROM access_tokens WHERE user_id = ANY($1::text[])"
_LIST: LiteralString = (
    _COLUMNS
    + """ FROM access_tokens WHERE user_id = $1 AND expires_at > now()
ORDER BY created_at DESC, token_id"""
)
_SAVE: LiteralString = """
INSERT INTO access_tokens (token_id, user_id, name, scopes, fingerprint, hint, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (token_id) DO UPDATE SET fingerprint = excluded.fingerprint, hint = excluded.hint"""
_DELETE: LiteralString = "DELETE FROM access_tokens WHERE token_id = ANY($1::uuid[])"
# The moment of use is for its owner's eyes: ten minutes are near enough, and spare a write per request.
_USE: LiteralString = """
WITH used AS (
    UPDATE access_tokens SET last_used_at = now()
    WHERE fingerprint = $1 AND (last_used_at IS NULL OR last_used_at < now() - interval '10 minutes'))
SELECT t.token_id, t.user_id, t.scopes, t.expires_at > now() AS alive, u.email_verified
FROM access_tokens t JOIN users u USING (user_id) WHERE t.fingerprint = $1"""


class AccessTokens:
    """Vouches for people by the tokens they made; raises `InvalidToken` and `Unavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def identify(self, token: str) -> Identity:
        if len(token) > TOKEN_CHARACTERS_MAX:
            raise InvalidToken("token_invalid", "longer than any access token")
        row = await fetch_one(self._database, _USE, fingerprint(token))
        if row is None:
            raise InvalidToken("token_invalid", "no such access token")
        if not row["alive"]:
            raise InvalidToken("token_expired", "the access token has expired")
        return Identity(
            user_id=UserId(row["user_id"]),
            session_id=f"token:{row['token_id']}",
            email=None,
            email_verified=row["email_verified"],
            name=None,
            role="user",
            scopes=frozenset(row["scopes"]),
        )

    async def list(self, user_id: UserId) -> Sequence[AccessToken]:
        return [_token(row) for row in await fetch(self._database, _LIST, user_id)]


async def load(connection: Connection, rows: Rows, user_ids: Sequence[str]) -> None:
    """Add what tokens these people have; their rows are locked."""
    if user_ids:
        found = [_token(row) for row in await connection.fetch(_LOAD, user_ids)]
        rows.access_tokens = {token.token_id: token for token in found}


async def save(connection: Connection, rows: Rows) -> None:
    """Write the new and the changed, delete what is gone."""
    before = (rows.loaded or Rows()).access_tokens
    changed = [token for id_, token in rows.access_tokens.items() if before.get(id_) is not token]
    if changed:
        await connection.executemany(
            _SAVE,
            [
                (
                    t.token_id,
                    t.user_id,
                    t.name,
                    list(t.scopes),
                    t.fingerprint,
                    t.hint,
                    t.created_at,
                    t.expires_at,
                )
                for t in changed
            ],
        )
    gone = [id_ for id_ in before if id_ not in rows.access_tokens]
    if gone:
        await connection.execute(_DELETE, gone)


def _token(row: Any) -> AccessToken:
    return AccessToken(**{**dict(row), "scopes": tuple(row["scopes"])})
