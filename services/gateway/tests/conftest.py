"""What several test files share: an identity issuer with real RSA keys whose key set can rotate, fail and count fetches."""

import time
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


class Issuer:
    """Signs tokens and serves its public keys through an httpx transport."""

    url = "https://issuer.test"
    party = "https://app.test"

    def __init__(self, keys: dict[str, rsa.RSAPrivateKey] | None = None) -> None:
        self.keys = dict(keys or {})
        self.fetches = 0
        self.down = False
        if not self.keys:
            self.add_key("first")

    def add_key(self, key_id: str) -> None:
        self.keys[key_id] = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Good claims of Ada's session; a change to None removes the claim."""
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.url,
            "sub": "user_ada",
            "azp": self.party,
            "iat": now,
            "nbf": now - 1,
            "exp": now + 60,
            "sid": "sess_1",
            "email": "ada@autocrea.test",
            "email_verified": True,
            "name": "Ada",
        }
        claims.update(changes)
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, key_id: str = "first", **changes: Any) -> str:
        return jwt.encode(
            self.claims(**changes), self.keys[key_id], algorithm="RS256", headers={"kid": key_id}
        )

    def public_pem(self, key_id: str = "first") -> bytes:
        return (
            self.keys[key_id]
            .public_key()
            .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        )

    def document(self) -> dict[str, Any]:
        keys = [
            {
                **jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True),
                "kid": key_id,
                "use": "sig",
            }
            for key_id, key in self.keys.items()
        ]
        return {"keys": keys}

    def transport(self) -> httpx.MockTransport:
        def answer(request: httpx.Request) -> httpx.Response:
            self.fetches += 1
            if self.down:
                raise httpx.ConnectError("refused", request=request)
            return httpx.Response(200, json=self.document())

        return httpx.MockTransport(answer)


class Clock:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="session")
def issuer_keys() -> dict[str, rsa.RSAPrivateKey]:
    """Made once: an RSA key costs a quarter of a second."""
    return Issuer().keys


@pytest.fixture
def issuer(issuer_keys: dict[str, rsa.RSAPrivateKey]) -> Issuer:
    return Issuer(issuer_keys)


@pytest.fixture
def stranger() -> Issuer:
    """Somebody else's issuer: same names, other keys."""
    return Issuer()


@pytest.fixture
def clock() -> Clock:
    return Clock()
