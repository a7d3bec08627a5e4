"""Session tokens (Clerk's): JWTs that the issuer signed for one of our own pages, checked in full or not at all."""

from collections.abc import Collection
from typing import Any

import jwt
from autocrea.contracts.ids import UserId
from autocrea.gateway.adapters.signing_keys import SigningKeys
from autocrea.gateway.domain.identity import (
    OF_A_SESSION,
    OF_AN_OPERATORS_SESSION,
    Identity,
    InvalidToken,
    Role,
)

ALGORITHM = "RS256"  # the only one: a list with HS256 in it would take the public key for a shared secret
REQUIRED_CLAIMS = ("iss", "azp", "exp", "nbf", "sid", "sub")
LEEWAY_SECONDS = 5  # clocks of two machines; Clerk's own default
TOKEN_BYTES_MAX = 8 * 1024  # a session token has under one KiB; parsing more is work for whoever sends it


class SessionTokens:
    """Turns a token into an `Identity`; raises `InvalidToken`, or `Unavailable` while the issuer cannot be asked."""

    def __init__(self, keys: SigningKeys, *, issuer: str, authorized_parties: Collection[str]) -> None:
        self._keys = keys
        self._issuer = issuer
        self._authorized_parties = frozenset(authorized_parties)

    async def identify(self, token: str) -> Identity:
        if len(token) > TOKEN_BYTES_MAX:
            raise InvalidToken("token_invalid", "longer than any session token")
        key = await self._keys.find(_key_id(token))
        if key is None:
            raise InvalidToken("token_invalid", "signed with a key the issuer does not have")
        try:
            claims = jwt.decode(
                token,
                key.key,
                algorithms=[ALGORITHM],
                issuer=self._issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": list(REQUIRED_CLAIMS), "verify_aud": False},
            )
        except jwt.ExpiredSignatureError as error:
            raise InvalidToken("token_expired", "expired") from error
        except jwt.PyJWTError as error:
            raise InvalidToken("token_invalid", str(error)) from error
        party = claims["azp"]
        if not isinstance(party, str) or party not in self._authorized_parties:
            raise InvalidToken("token_invalid", "made for another party")
        if claims.get("sts") == "pending":  # Clerk: signed in, but something it demands is still to be done
            raise InvalidToken("token_invalid", "the session is pending")
        return _identity(claims)


def _key_id(token: str) -> str:
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError as error:
        raise InvalidToken("token_invalid", str(error)) from error
    if header.get("alg") != ALGORITHM:
        raise InvalidToken("token_invalid", "not signed with RS256")
    key_id = header.get("kid")
    if not isinstance(key_id, str) or not key_id:
        raise InvalidToken("token_invalid", "names no key")
    return key_id


def _identity(claims: dict[str, Any]) -> Identity:
    subject, session = claims["sub"], claims["sid"]
    if not isinstance(subject, str) or not subject or not isinstance(session, str) or not session:
        raise InvalidToken("token_invalid", "names no person or no session")
    role: Role = "operator" if claims.get("role") == "operator" else "user"
    email, name = claims.get("email"), claims.get("name")
    return Identity(
        user_id=UserId(subject),
        session_id=session,
        email=email if isinstance(email, str) else None,
        email_verified=claims.get("email_verified") is True,
        name=name if isinstance(name, str) else None,
        role=role,
        scopes=OF_AN_OPERATORS_SESSION if role == "operator" else OF_A_SESSION,
    )
