"""What tests ask of the broker's management API."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterable
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote

from autocrea.cli.parts import RabbitmqEndpoint
from autocrea.contracts.topology import TOPOLOGY

TIMEOUT_SECONDS = 30.0


def service_password(service: str) -> str:
    """The password of a service's broker user on every test broker."""
    return f"{service}-of-the-tests"


class Management:
    """The management API as the administrator; blocking, for use in threads."""

    def __init__(self, rabbitmq: RabbitmqEndpoint) -> None:
        self._rabbitmq = rabbitmq

    def create_users(self) -> None:
        """Create every service's user, or give the existing one the tests' password."""
        for user in TOPOLOGY.users:
            self.set_password(user.name, service_password(user.name))

    def set_password(self, user: str, password: str) -> None:
        """Give a user another password, or make one. Connections that are open go on."""
        self.request("PUT", f"/api/users/{quote(user, safe='')}", {"password": password, "tags": ""})

    def delete_user(self, user: str) -> None:
        self.request("DELETE", f"/api/users/{quote(user, safe='')}", gone_is_fine=True)

    def create_vhost(self, name: str, user_of: Callable[[str], str] = str) -> None:
        """Create a virtual host with every service's permissions, for the user that is this service's there."""
        self.request("PUT", f"/api/vhosts/{quote(name, safe='')}")
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        self._permit(name, self._rabbitmq.user, everything)
        for user in TOPOLOGY.users:
            rights = {"configure": user.configure, "write": user.write, "read": user.read}
            self._permit(name, user_of(user.name), rights)

    def delete_vhost(self, name: str) -> None:
        self.request("DELETE", f"/api/vhosts/{quote(name, safe='')}")

    def close_connections(self, vhost: str, user: str, reason: str = "closed by a test") -> int:
        """Close every listed connection of a user to a virtual host from the broker's side; returns how many.

        The list is a second behind: it may lack the newest ones.
        """
        names = self.connections(vhost, user)
        self.close(names, reason)
        return len(names)

    def connections(self, vhost: str, user: str) -> set[str]:
        """The names of a user's connections to a virtual host, as listed a second ago."""
        found = self.request("GET", f"/api/vhosts/{quote(vhost, safe='')}/connections")
        return {connection["name"] for connection in found if connection.get("user") == user}

    def close(self, connections: Iterable[str], reason: str = "closed by a test") -> None:
        """Close connections by name from the broker's side."""
        for name in connections:
            path = f"/api/connections/{quote(name, safe='')}"
            self.request("DELETE", path, headers={"X-Reason": reason}, gone_is_fine=True)

    def messages_in(self, vhost: str, queue: str) -> int:
        """How many messages a queue holds, delivered or not; 0 for one that is not there."""
        totals = "disable_stats=true&enable_queue_totals=true"  # as fresh as the queue's own last word
        found = self.request("GET", f"/api/queues/{quote(vhost, safe='')}?{totals}")
        return sum(each.get("messages", 0) for each in found if each["name"] == queue)

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: dict[str, str] | None = None,
        gone_is_fine: bool = False,
    ) -> Any:
        """One request; returns the decoded answer, raises AssertionError unless it is a 2xx (or a 404 that is fine)."""
        credentials = b64encode(f"{self._rabbitmq.user}:{self._rabbitmq.password}".encode()).decode()
        connection = HTTPConnection(
            self._rabbitmq.host, self._rabbitmq.management_port, timeout=TIMEOUT_SECONDS
        )
        try:
            sent = {"Authorization": f"Basic {credentials}", "Content-Type": "application/json"}
            connection.request(
                method, path, None if body is None else json.dumps(body), {**sent, **(headers or {})}
            )
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        if answer.status == 404 and gone_is_fine:
            return None
        assert answer.status < 300, f"{method} {path}: {answer.status} {text[:300]}"
        return json.loads(text) if text else None

    def _permit(self, vhost: str, user: str, rights: dict[str, str]) -> None:
        self.request("PUT", f"/api/permissions/{quote(vhost, safe='')}/{quote(user, safe='')}", rights)
