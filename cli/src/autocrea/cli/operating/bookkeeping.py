"""What billing's operator routes are asked: the books, grants, purchases. Each is written to its audit table."""

from collections.abc import Mapping, Sequence
from typing import Any

from autocrea.cli.operating.operator import operator
from autocrea.cli.operating.services import Services
from autocrea.cli.stack.layout import BILLING


class Bookkeeping:
    """Billing, as the person at this terminal."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def reconcile(self, hours: float) -> Sequence[Mapping[str, str]]:
        """Every difference between the books, Stripe and what was told. Raises Trouble."""
        answer = self._tell("/operator/reconcile", hours=hours)
        return list(answer["differences"])

    def retell(self, hours: float, reason: str) -> int:
        """Tell again what was told in higher versions than ours; returns how many. Raises Trouble."""
        return int(self._tell("/operator/retell", hours=hours, reason=reason)["retold"])

    def grant(self, user: str, tokens: int, reason: str, key: str | None) -> Mapping[str, Any]:
        """Give tokens; the same key gives once. Raises Trouble."""
        body = {"user": user, "tokens": tokens, "reason": reason, "who": operator()}
        headers = {"Idempotency-Key": key} if key else {}
        return dict(self._services.tell(BILLING, "/operator/grants", body, headers=headers))

    def purchase(self, name: str, reason: str | None) -> Mapping[str, Any]:
        """Everything about a purchase, by its session, payment, refund or own id. Raises Trouble."""
        return dict(self._tell(f"/operator/purchases/{name}", reason=reason))

    def _tell(self, path: str, **said: Any) -> Any:
        return self._services.tell(BILLING, path, {"who": operator(), **said})
