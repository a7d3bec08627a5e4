"""Chance, for the marker lines of an attempt."""

import secrets

NONCE_BYTES = 4  # 2^32 values: no text written before the attempt can contain the marker by accident


def new_nonce() -> str:
    """A fresh nonce: eight hexadecimal digits."""
    return secrets.token_hex(NONCE_BYTES)
