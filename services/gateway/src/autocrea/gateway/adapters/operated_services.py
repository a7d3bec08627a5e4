"""The operator routes of the services, as *Operaciones* asks them: dead letters, jobs, what operators did."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from autocrea.chassis.action_order import Place
from autocrea.chassis.errors import Refused, Unavailable
from autocrea.chassis.http import InternalClient
from autocrea.gateway.domain.operations import OfService, Resolution

KNOWN = frozenset({"not_found", "already_resolved", "replay_failed", "not_decodable", "invalid_request"})
REPLAY_TIMEOUT_SECONDS = 30.0  # a replayed message is handled before it is answered


class OperatedServices:
    """Asks all of them at once; one that does not answer is told apart from one with nothing to tell."""

    def __init__(self, clients: Mapping[str, InternalClient]) -> None:
        self._clients = clients

    async def dead_letters(self, *, resolved: bool) -> Sequence[OfService]:
        params = {"all": "true"} if resolved else {}
        return await self._all("/operator/dead-letters", "dead_letters", lambda _service: params)

    async def jobs(self) -> Sequence[OfService]:
        return await self._all("/operator/jobs", "jobs", lambda _service: {})

    async def actions(self, *, limit: int, after: Place | None) -> Sequence[OfService]:
        def params(service: str) -> Mapping[str, str]:
            return {"limit": str(limit)} | (after.earlier(service) if after is not None else {})

        return await self._all("/operator/actions", "actions", params)

    async def dead_letter(self, service: str, letter_id: UUID) -> Mapping[str, Any]:
        """Raises `Refused` with `not_found`, and `Unavailable`."""
        letter: Mapping[str, Any] = await self._ask(
            "GET", service, "/operator/dead-letters/{letter_id}", {"letter_id": letter_id}
        )
        return letter

    async def resolve(self, resolution: Resolution) -> None:
        """Raises `Refused` (`not_found`, `already_resolved`, `replay_failed`, `not_decodable`) and `Unavailable`."""
        template = "/operator/dead-letters/{letter_id}/{verb}"
        parts = {"letter_id": resolution.letter_id, "verb": resolution.verb}
        body = {"who": resolution.who, "reason": resolution.reason}
        await self._ask(
            "POST", resolution.service, template, parts, json=body, timeout=REPLAY_TIMEOUT_SECONDS
        )

    async def _all(
        self, path: str, name: str, params: Callable[[str], Mapping[str, str]]
    ) -> Sequence[OfService]:
        async def one(service: str) -> OfService:
            try:
                body = await self._ask("GET", service, path, params=params(service))
            except Unavailable:
                return OfService(service, None)
            return OfService(service, tuple(body[name]), body.get("left_out", 0))

        return await asyncio.gather(*(one(service) for service in self._clients))

    async def _ask(
        self,
        method: str,
        service: str,
        template: str,
        parts: Mapping[str, object] | None = None,
        **options: Any,
    ) -> Any:
        client = self._clients.get(service)
        if client is None:
            raise Refused("not_found", f"{service} is not asked from here", status=404)
        try:
            return (await client.request(method, template, parts, **options)).json()
        except Refused as error:
            if error.code not in KNOWN:
                raise Unavailable(f"{service} refuses the gateway ({error.code})") from error
            raise
