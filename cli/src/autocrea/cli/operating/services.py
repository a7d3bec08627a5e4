"""The operator routes of the services of the stack that runs here."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import httpx
from autocrea.cli.stack.layout import SERVICES
from autocrea.cli.trouble import Trouble

ANSWER_SECONDS = 60.0
"""Sending a day's messages again takes longer than any look."""


class Services:
    """Each service's address and operator token, as the stack's report names them."""

    def __init__(self, report: Mapping[str, Any]) -> None:
        self._urls: Mapping[str, str] = report["services"]
        self._tokens: Mapping[str, str] = report["operator_tokens"]

    def ask(self, service: str, path: str, **params: str) -> Any:
        """The decoded answer to a GET. Raises Trouble."""
        return self._request("GET", service, path, params=params)

    def tell(
        self, service: str, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> Any:
        """The decoded answer to a POST. Raises Trouble."""
        return self._request("POST", service, path, headers=headers, json=body)

    def ask_all(self, path: str, **params: str) -> dict[str, Any]:
        """Every service's answer to the same GET. Raises Trouble."""
        return {service: self.ask(service, path, **params) for service in SERVICES}

    def ask_each(
        self, services: Sequence[str], path: str, params: Callable[[str], Mapping[str, str]]
    ) -> tuple[dict[str, Any], dict[str, Trouble]]:
        """Each service is asked with params of its own. The answers of those that answer, the others' troubles."""
        answers: dict[str, Any] = {}
        troubles: dict[str, Trouble] = {}
        for service in services:
            try:
                answers[service] = self.ask(service, path, **params(service))
            except Trouble as trouble:
                troubles[service] = trouble
        return answers, troubles

    def has(self, service: str, path: str) -> bool:
        """Whether there is something to GET. Raises Trouble."""
        answer = self._send("GET", service, path)
        if answer.status_code == httpx.codes.NOT_FOUND:
            return False
        _answered(service, answer)
        return True

    def _request(self, method: str, service: str, path: str, **options: Any) -> Any:
        return _answered(service, self._send(method, service, path, **options))

    def _send(
        self,
        method: str,
        service: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> httpx.Response:
        try:
            return httpx.request(
                method,
                self._urls[service] + path,
                headers={"Authorization": f"Bearer {self._tokens[service]}", **(headers or {})},
                timeout=ANSWER_SECONDS,
                trust_env=False,  # loopback never goes through a proxy
                **options,
            )
        except httpx.HTTPError as error:
            reason = str(error) or type(error).__name__
            raise Trouble("service_unreachable", name=service, reason=reason) from error


def _answered(service: str, answer: httpx.Response) -> Any:
    if answer.is_success:
        return answer.json()
    try:
        said = answer.json()
    except ValueError:
        said = {}
    raise Trouble(
        "service_refused",
        name=service,
        detail=said.get("detail", f"HTTP {answer.status_code}"),
        code=said.get("code", answer.status_code),
    )
