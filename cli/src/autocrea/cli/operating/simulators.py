"""The outside's hand on the simulators of the stack that runs here: their rules and their log."""

from collections.abc import Mapping
from typing import Any

import httpx
from autocrea.cli.trouble import BadUse, Trouble

ANSWER_SECONDS = 10.0
"""They answer in milliseconds; a full log takes a moment."""


class Simulators:
    """Raises Trouble when the stack has none."""

    def __init__(self, report: Mapping[str, Any]) -> None:
        url: str | None = report["urls"].get("simulators")
        if url is None:
            raise Trouble("nothing_simulated")
        self._url = url

    def add(self, rule: Mapping[str, Any]) -> dict[str, Any]:
        """Puts a rule in force and returns it. Raises Trouble when it makes no sense."""
        return self._request("POST", "/_sim/rules", json=rule)

    def rules(self) -> list[dict[str, Any]]:
        """Those in force, oldest first."""
        return list(self._request("GET", "/_sim/rules")["rules"])

    def clear(self, rule_id: int | None, project: str | None) -> int:
        """Removes the rule of this id, those of a project, or all; returns how many."""
        if rule_id is not None:
            return int(self._request("DELETE", f"/_sim/rules/{rule_id}")["removed"])
        params = {"project": project} if project else {}
        return int(self._request("DELETE", "/_sim/rules", params=params)["removed"])

    def log(self, **wanted: str | None) -> dict[str, Any]:
        """The calls whose fields equal the wanted ones, and how many ran at once."""
        params = {name: value for name, value in wanted.items() if value is not None}
        return self._request("GET", "/_sim/log", params=params)

    def get(self, path: str) -> dict[str, Any]:
        """What a simulator that has no rules of this kind says of itself."""
        return self._request("GET", path)

    def put(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Sets how it behaves. Raises Trouble."""
        return self._request("PUT", path, json=body)

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Makes something happen at it. Raises Trouble."""
        return self._request("POST", path, json=body)

    def _request(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        url = self._url + path
        try:
            # Loopback never goes through a proxy.
            answer = httpx.request(method, url, timeout=ANSWER_SECONDS, trust_env=False, **options)
        except httpx.HTTPError as error:
            reason = str(error) or type(error).__name__
            raise Trouble("service_unreachable", name="simulators", reason=reason) from error
        if answer.is_success or answer.status_code == httpx.codes.NOT_FOUND:
            return dict(answer.json())
        refused = BadUse if answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY else Trouble
        raise refused("simulator_refused", detail=_told(answer))


def _told(answer: httpx.Response) -> str:
    """What is wrong, field by field."""
    try:
        detail = answer.json()["detail"]
    except (ValueError, KeyError):
        return f"HTTP {answer.status_code}"
    if isinstance(detail, str):
        return detail
    return "; ".join(f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in detail)
