"""The outside's hand on a stack's simulated Stripe: how webhooks go, what banks do, everything that was paid."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx

TIMEOUT_SECONDS = 30.0
PAGE = 100


class SimulatedStripe:
    """A client of one simulators process, with the account's key."""

    def __init__(self, url: str, key: str) -> None:
        self._url = url
        self._key = key

    @asynccontextmanager
    async def webhooks(self, webhook: str, *, user: str | None = None, **options: Any) -> AsyncIterator[None]:
        """Webhooks (of one buyer) go in this manner for the time of the block; what is held is dropped at its end."""
        who = {"user": user} if user else {}
        await self._control("PUT", "/webhooks", {"webhook": webhook, **who, **options})
        try:
            yield
        finally:
            await self._control("PUT", "/webhooks", {"webhook": "deliver", **who})

    async def held(self) -> list[str]:
        """The types of the held events, in the order in which they happened."""
        return [one["type"] for one in (await self._control("GET", "/webhooks"))["held"]]

    async def release(self, **options: Any) -> list[str]:
        """Let held events go; returns their ids in the order in which they go."""
        return list((await self._control("POST", "/webhooks/release", options))["released"])

    async def tries(self) -> list[dict[str, Any]]:
        """Every request to our endpoint and what it answered."""
        return list((await self._control("GET", "/webhooks"))["tries"])

    async def deed(self, do: str, id_: str, **options: Any) -> dict[str, Any]:
        """Something that happens at Stripe without our asking: a payment, a refund, a bank's word."""
        return dict(await self._control("POST", "/deeds", {"do": do, "id": id_, **options}))

    async def outage(self, status: int | None, times: int | None = None) -> None:
        """The API answers this instead, for so many requests; None ends it."""
        await self._control("PUT", "/api", {"status": status, "times": times})

    async def session_of(self, purchase_id: str) -> str:
        """The id of a purchase's session."""
        for session in await self.objects("checkout/sessions"):
            if session["metadata"].get("autocrea_purchase_id") == purchase_id:
                return str(session["id"])
        raise AssertionError(f"Stripe has no session of {purchase_id}")

    async def objects(self, kind: str) -> Sequence[dict[str, Any]]:
        """All of a kind, as Stripe's API lists them: `checkout/sessions`, `refunds`, `disputes`, `events`."""
        found: list[dict[str, Any]] = []
        more = True
        while more:
            after = {"starting_after": found[-1]["id"]} if found else {}
            page = await self._request("GET", f"/stripe/v1/{kind}", params={"limit": PAGE, **after})
            found += page["data"]
            more = page["has_more"]
        return found

    async def _control(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        return await self._request(method, f"/_sim/stripe{path}", json=body)

    async def _request(self, method: str, path: str, **options: Any) -> Any:
        headers = {"Authorization": f"Bearer {self._key}"}
        async with httpx.AsyncClient(base_url=self._url, trust_env=False, timeout=TIMEOUT_SECONDS) as client:
            answer = await client.request(method, path, headers=headers, **options)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text[:300]}"
        return answer.json()
