"""The issuer's RSA keys: the newest signs, those before it stay published until they are withdrawn."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

KEY_BITS = 2048
PUBLIC_EXPONENT = 65537
# Every rotation makes the published set longer for as long as old keys stay in it.
KEYS_MAX = 8


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key with the id that tokens name it by."""

    kid: str
    private: rsa.RSAPrivateKey

    def jwk(self) -> dict[str, Any]:
        """The public half, as a JWKS lists it."""
        public = RSAAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        return {"kid": self.kid, "use": "sig", "alg": "RS256"} | {
            name: public[name] for name in ("kty", "n", "e")
        }


class Keys:
    """The keys, oldest first; kept as PEM files in `folder` over a restart where one is given."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._keys = [] if folder is None else [_read(path) for path in sorted(folder.glob("key-*.pem"))]
        if not self._keys:
            self.rotate(keep_old=True)

    @property
    def signing(self) -> SigningKey:
        """The key that signs new tokens."""
        return self._keys[-1]

    def jwks(self) -> dict[str, Any]:
        """The published set."""
        return {"keys": [key.jwk() for key in self._keys]}

    def rotate(self, *, keep_old: bool) -> SigningKey:
        """A new key signs from now on; without `keep_old` tokens of the others are worth nothing any more."""
        new = _named(rsa.generate_private_key(public_exponent=PUBLIC_EXPONENT, key_size=KEY_BITS))
        kept = self._keys[-(KEYS_MAX - 1) :] if keep_old else []
        withdrawn = [key for key in self._keys if key not in kept]
        number = self._next_number()
        self._keys = [*kept, new]
        if self._folder is not None:
            _write(self._folder / f"key-{number:04d}-{new.kid}.pem", new)
            for key in withdrawn:
                for path in self._folder.glob(f"key-*-{key.kid}.pem"):
                    path.unlink()
        return new

    def _next_number(self) -> int:
        """Names sort by age, so that the newest key of a folder is its last."""
        names = [] if self._folder is None else sorted(path.name for path in self._folder.glob("key-*.pem"))
        return int(names[-1].split("-")[1]) + 1 if names else 1


def _named(private: rsa.RSAPrivateKey) -> SigningKey:
    public = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return SigningKey(f"ins_{hashlib.sha256(public).hexdigest()[:24]}", private)


def _read(path: Path) -> SigningKey:
    private = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(private, rsa.RSAPrivateKey):
        raise TypeError(f"{path} does not hold an RSA key")
    return _named(private)


def _write(path: Path, key: SigningKey) -> None:
    pem = key.private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(pem)
    part.replace(path)
