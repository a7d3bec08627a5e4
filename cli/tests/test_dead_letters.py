"""`autocrea dead …`, against a server that answers as the services' operator routes do."""

import getpass
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from autocrea.cli.stack.state import STATE_VARIABLE
from played_services import Asked, played_services, said

LETTER = {
    "id": "6f0c1d6e-7c63-5c0a-9a34-2f5d3c1f8b10", "source": "inbox", "type": "billing.reserve_tokens.v1",
    "reason": "ValueError: no [such] price", "created_at": "2026-11-22T12:30:00+00:00", "resolution": None,
}  # fmt: skip
KEY = "AKIAQ3EGPLVT2K5JXW7N"
WHOLE = LETTER | {"body": json.dumps({"data": {"text": f'key = "{KEY}"'}})}
ROUTE = f"/operator/dead-letters/{LETTER['id']}"
UNKNOWN = "00000000-0000-0000-0000-000000000001"


@dataclass
class Operators:
    """The five services; billing has a letter that is too old for its list."""

    listed: list[dict[str, Any]] = field(default_factory=list)
    left_out: int = 0
    down: str = ""
    told: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def answer(self, asked: Asked) -> tuple[int, Any]:
        if asked.method == "POST":
            self.told.append((asked.path, asked.body))
        service, _, place = asked.path.removeprefix("/").partition("/")
        if service == self.down:
            return 503, {"code": "unavailable", "detail": "try again in a moment"}
        if place.startswith("operator/dead-letters?"):
            own = service == "billing"
            return 200, {
                "dead_letters": self.listed if own else [],
                "left_out": self.left_out if own else 0,
            }
        if asked.path.startswith(f"/billing{ROUTE}"):
            return 200, WHOLE
        return 404, {"code": "not_found", "detail": "there is no dead letter"}


@pytest.fixture
def operators(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Operators]:
    operators = Operators()
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path))
    with played_services(tmp_path, operators.answer):
        yield operators


def dead(*arguments: str, code: int = 0) -> str:
    return said("dead", *arguments, code=code)


def test_letters_are_listed_with_service_and_reason_when_some_wait(operators: Operators) -> None:
    assert "Nada espera" in dead("list")
    operators.listed = [LETTER]
    shown = dead("list")
    assert all(word in shown for word in (LETTER["id"], "billing", "no [such] price"))
    assert json.loads(dead("list", "--json")) == [{"service": "billing", **LETTER}]


def test_it_is_said_how_many_are_left_out_when_a_list_is_not_all(operators: Operators) -> None:
    operators.listed, operators.left_out = [LETTER], 37
    assert "De billing se muestran los 1 más nuevos; hay 37 más" in dead("list")
    assert "37" in dead("list", "--json")


def test_the_others_are_listed_when_a_service_does_not_answer(operators: Operators) -> None:
    operators.listed, operators.down = [LETTER], "artifacts"
    shown = dead("list", code=1)
    assert LETTER["id"] in shown
    assert "artifacts ha respondido: try again in a moment" in shown
    assert "artifacts" not in dead("list", "--service", "billing")
    operators.listed = []
    assert "Nada espera" not in dead("list", code=1)


@pytest.mark.parametrize("verb", ["replay", "discard"])
def test_a_letter_is_resolved_at_its_owner_when_no_list_names_it(operators: Operators, verb: str) -> None:
    assert f"{LETTER['id']}" in dead(verb, str(LETTER["id"]), "--reason", "prueba")
    assert operators.told == [(f"/billing{ROUTE}/{verb}", {"who": getpass.getuser(), "reason": "prueba"})]


def test_a_letter_is_resolved_when_a_service_that_is_asked_before_is_down(operators: Operators) -> None:
    """The orchestrator's being down was the end of it, although billing holds the letter."""
    operators.down = "orchestrator"
    assert json.loads(dead("show", str(LETTER["id"])))["id"] == LETTER["id"]
    for verb in ("replay", "discard"):
        dead(verb, str(LETTER["id"]), "--reason", "prueba")
    assert [path for path, _ in operators.told] == [f"/billing{ROUTE}/replay", f"/billing{ROUTE}/discard"]


def test_those_who_were_not_asked_are_named_when_nobody_else_has_a_letter(operators: Operators) -> None:
    operators.down = "orchestrator"
    shown = dead("replay", UNKNOWN, "--reason", "prueba", code=1)
    assert "orchestrator ha respondido: try again in a moment" in shown
    assert "no se pudo preguntar a: orchestrator" in shown
    assert "Ningún servicio tiene" not in shown
    assert operators.told == []


def test_it_is_told_when_a_letter_or_a_service_does_not_exist(operators: Operators) -> None:
    assert "Ningún servicio tiene" in dead("show", UNKNOWN, code=1)
    assert "No hay ningún proceso «otro»" in dead("show", UNKNOWN, "--service", "otro", code=2)


@pytest.mark.parametrize("body", [WHOLE["body"], f"no JSON, {KEY}"], ids=["document", "text"])
def test_a_letter_is_shown_whole_but_for_keys_that_a_model_wrote(
    operators: Operators, body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(WHOLE, "body", body)
    shown = json.loads(dead("show", str(LETTER["id"])))
    assert shown.items() >= LETTER.items()
    assert shown["body"] in ({"data": {"text": 'key = "AKIA••••"'}}, "no JSON, AKIA••••")
