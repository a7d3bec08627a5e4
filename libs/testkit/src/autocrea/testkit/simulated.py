"""The outside's hand on a stack's simulators: session tokens, rules for misbehaviour, the log of what was asked."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from autocrea.testkit.simulated_stripe import SimulatedStripe
from autocrea.testkit.stack_environment import STRIPE_KEY

TIMEOUT_SECONDS = 30.0


class Simulated:
    """A client of one simulators process."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.stripe = SimulatedStripe(url, STRIPE_KEY)

    async def token(self, account: str, *, verified: bool = True) -> str:
        """A session token of a person, made up if new."""
        wanted = {"account": account, "name": account, "email_verified": verified}
        return str((await self._request("POST", "/identity/token", json=wanted))["token"])

    @asynccontextmanager
    async def rule(
        self, *, match: dict[str, Any], effect: dict[str, Any], times: int | None = None
    ) -> AsyncIterator[int]:
        """A rule in force for the time of the block; gives its id."""
        body = {"match": match, "effect": effect} | ({"times": times} if times else {})
        rule_id = int((await self._request("POST", "/_sim/rules", json=body))["id"])
        try:
            yield rule_id
        finally:
            await self._request("DELETE", f"/_sim/rules/{rule_id}")

    async def calls(self, **wanted: str) -> list[dict[str, Any]]:
        """The calls that were received and whose fields equal the wanted ones, oldest first."""
        return list((await self._request("GET", "/_sim/log", params=wanted))["calls"])

    async def _request(self, method: str, path: str, **options: Any) -> Any:
        async with httpx.AsyncClient(base_url=self.url, trust_env=False, timeout=TIMEOUT_SECONDS) as client:
            answer = await client.request(method, path, **options)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text[:300]}"
        return answer.json()
