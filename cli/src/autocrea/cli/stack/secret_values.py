"""The stack's secrets: made once per state folder, readable by their owner only."""

import json
import secrets
from collections.abc import Callable
from pathlib import Path

from autocrea.cli.parts.processes import write_private

SECRET_BYTES = 24
"""192 bits: nobody guesses it, and it still fits a line."""


class Secrets:
    """Secrets by name. A name that is new to this folder gets a fresh value, kept from then on.

    A file that cannot be read counts as none: each start tells the servers and services their secrets anew.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._values = _read(path)

    def get(self, name: str, make: Callable[[], str] = lambda: secrets.token_urlsafe(SECRET_BYTES)) -> str:
        if name not in self._values:
            self._values[name] = make()
            write_private(self._path, json.dumps(self._values, indent=1))
        return self._values[name]

    def database_password(self, service: str) -> str:
        return self.get(f"database.{service}")

    def broker_password(self, service: str) -> str:
        return self.get(f"broker.{service}")

    def operator_token(self, service: str) -> str:
        return self.get(f"operator.{service}")

    def internal_token(self) -> str:
        """What the gateway presents to billing and artifacts."""
        return self.get("internal.gateway")

    def model_key(self, provider: str) -> str:
        """What the router presents to a simulated provider."""
        return self.get(f"model.{provider}")

    def stripe_key(self) -> str:
        """What billing presents to the simulated Stripe; it begins as a test key does."""
        return "sk_test_" + self.get("stripe.key")

    def webhook_secret(self) -> str:
        """What the simulated Stripe signs with."""
        return "whsec_" + self.get("stripe.webhooks")


def _read(path: Path) -> dict[str, str]:
    try:
        values = json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    if not isinstance(values, dict):
        return {}
    return {name: value for name, value in values.items() if isinstance(value, str) and value}
