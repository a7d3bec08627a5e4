"""`autocrea audit`, and what the commands that need it say of themselves, against services that answer as ours do."""

import getpass
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from autocrea.cli.commands import operate
from autocrea.cli.operating.operator import IMAGES_ACCOUNT
from autocrea.cli.stack.layout import SERVICES
from autocrea.cli.stack.state import STATE_VARIABLE
from autocrea.contracts.topology import TOPOLOGY
from played_services import Asked, played_services, said


def action(minute: int, who: str = "olga", **fields: Any) -> dict[str, Any]:
    return {
        "id": minute, "at": f"2026-11-26T03:{minute:02}:00.5+00:00", "who": who, "action": "send_again",
        "target": "outbox", "reason": None, "details": {"messages": minute}, "outcome": "done", **fields,
    }  # fmt: skip


def document_in(shown: str) -> dict[str, Any]:
    [document] = [json.loads(line) for line in shown.splitlines() if line.startswith("{")]
    return dict(document)


@dataclass
class Services:
    """Each with its own actions, of which it tells so many as it is asked for."""

    actions: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    down: str = ""
    asked: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)
    told: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def answer(self, asked: Asked) -> tuple[int, Any]:
        place = urlsplit(asked.path)
        service, _, path = place.path.removeprefix("/").partition("/")
        if service == self.down:
            return 503, {"code": "unavailable", "detail": "try again in a moment"}
        if asked.method == "POST":
            self.told.append((f"{service} {path}", asked.body))
            return 200, {"republished": 0}
        query = parse_qs(place.query)
        self.asked.append((service, query))
        own, limit = self.actions.get(service, []), int(query["limit"][0])
        if "before" in query:
            end = (query["before"][0].replace("500000", "5"), int(query["before_id"][0]))
            own = [one for one in own if (one["at"], one["id"]) < end]
        return 200, {"actions": own[:limit], "left_out": max(0, len(own) - limit)}


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    services = Services()
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path))
    with played_services(tmp_path, services.answer):
        yield services


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> None:
    async def declared(_url: str) -> None: ...

    monkeypatch.setattr(operate, "prepare_broker", declared)
    monkeypatch.setenv("AUTOCREA_TOPOLOGY_BROKER_URL", "amqp://nobody@127.0.0.1:1/")


def test_actions_of_all_services_are_told_newest_first(services: Services) -> None:
    assert "Ningún operador ha hecho nada" in said("audit")
    services.actions = {
        "billing": [
            action(9, action="grant_tokens", target="user_ada", reason="perdimos [su] ZIP"),
            action(2),
        ],
        "gateway": [action(5, "eva", outcome="begun")],
    }
    lines = said("audit").splitlines()
    assert [line.split()[1] for line in lines[1:]] == ["olga", "eva", "olga"]
    for word in (
        "2026-11-26T03:09:00",
        "grant_tokens",
        "user_ada",
        "perdimos [su] ZIP",
        "messages=9",
        "hecho",
    ):
        assert word in lines[1]
    assert "empezado" in lines[2]
    assert [service for service, _ in services.asked] == [*SERVICES, *SERVICES]


def test_what_is_left_out_is_counted_and_can_be_asked_for_when_there_is_more(services: Services) -> None:
    services.actions = {"billing": [action(9), action(7), action(1)], "gateway": [action(8), action(6)]}
    found = said("audit", "--limit", "2", "--json")
    document = document_in(found)
    assert [one["at"][14:16] for one in document["actions"]] == ["09", "08"]
    assert document["left_out"] == 3
    assert "Hay 3 más, anteriores" in found
    assert document["before"] == "2026-11-26T03:08:00.500000+00:00/gateway/8"
    assert f"--before {document['before']}" in found
    services.asked.clear()
    said("audit", "--service", "billing", "--before", "2026-11-26T03:00")
    asked = {"limit": ["50"], "before": ["2026-11-26T03:00:00+00:00"], "before_id": ["0"]}
    assert services.asked == [("billing", asked)]
    for place in ("ayer", "2026-11-26T03:00/billing", "2026-11-26T03:00/billing/x", "2026-11-26/a/1/2"):
        assert "no es un momento" in said("audit", "--before", place, code=2)


def test_every_action_is_on_one_page_when_a_page_ends_between_those_of_one_moment(services: Services) -> None:
    twice = [action(7, id=number) for number in (7, 6, 5)]
    services.actions = {"billing": twice, "gateway": [action(7)], "artifacts": [action(7), action(1)]}
    shown: list[tuple[str, int]] = []
    more: tuple[str, ...] = ()
    while len(shown) < 6:
        document = document_in(said("audit", "--limit", "2", "--json", *more))
        shown += [(one["service"], one["id"]) for one in document["actions"]]
        more = ("--before", str(document["before"]))
    assert document["before"] is None
    assert sorted(shown) == [
        ("artifacts", 1),
        ("artifacts", 7),
        *(("billing", n) for n in (5, 6, 7)),
        ("gateway", 7),
    ]


def test_the_others_are_told_when_a_service_does_not_answer(services: Services) -> None:
    services.actions, services.down = {"billing": [action(9)]}, "gateway"
    shown = said("audit", code=1)
    assert "2026-11-26T03:09:00" in shown
    assert "gateway ha respondido: try again in a moment" in shown
    services.actions = {}
    assert "Ningún operador" not in said("audit", code=1)


def test_a_topology_is_noted_before_and_after_when_an_operator_applies_it(
    services: Services, broker: None
) -> None:
    said("topology", "apply", "--reason", "disco perdido")
    note = {"who": getpass.getuser(), "reason": "disco perdido", "action": "apply_topology"}
    note["target"] = TOPOLOGY.marker().name
    noted = [("gateway operator/actions", note | {"outcome": outcome}) for outcome in ("begun", "done")]
    assert services.told == noted
    services.told.clear()
    said("repair", "--reason", "disco perdido")
    assert services.told[:2] == noted
    assert [place for place, _ in services.told[2:]] == [
        f"{name} operator/outbox/republish" for name in SERVICES
    ]
    assert {body["reason"] for _, body in services.told} == {"disco perdido"}


@pytest.mark.parametrize("user", ["autocrea", " ", None])
def test_nothing_is_done_when_the_terminal_does_not_say_who_acts(
    services: Services, broker: None, monkeypatch: pytest.MonkeyPatch, user: str | None
) -> None:
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(variable, raising=False)
    if user is not None:
        monkeypatch.setenv("USER", user)
    monkeypatch.setattr("os.getuid", lambda: 4_000_000_000)  # nobody's account
    for command in (
        ("pause", "--reason", "x"),
        ("resume",),
        ("dead", "discard", str(UUID(int=1)), "--service", "billing", "--reason", "x"),
        ("tokens", "grant", "user_ada", "5", "--reason", "x"),
        ("purchases", "show", "cs_1"),
        ("reconcile",),
        ("repair",),
        ("topology", "apply"),
        ("gateway", "rebuild"),
    ):
        assert "env USER=<tu nombre> autocrea" in said(*command, code=2), command
    assert services.told == []
    assert "Ningún operador" in said("audit")  # looking needs no name


def test_a_topology_is_applied_all_the_same_when_nobody_can_note_it(services: Services, broker: None) -> None:
    services.down = "gateway"
    shown = said("topology", "apply")
    assert "gateway no lo ha anotado" in shown
    assert "Topología aplicada" in shown


def test_a_topology_is_applied_without_a_note_when_a_broker_alone_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broker: None
) -> None:
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path))
    monkeypatch.setenv("LOGNAME", IMAGES_ACCOUNT)  # as in the job, behind which is no person
    assert "anotado" not in said("topology", "apply")
