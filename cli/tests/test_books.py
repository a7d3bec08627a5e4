"""`autocrea reconcile`, `tokens …`, `purchases show`, against a server that answers as billing's operator routes do."""

import getpass
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from autocrea.cli.stack.state import STATE_VARIABLE
from played_services import Asked, played_services, said

DIFFERENCE = {"kind": "line", "id": "grant:operator:ticket 7", "what": "30 tokens of user_ada were told"}
PURCHASE = {
    "purchase": {
        "purchase_id": "p-1", "user_id": "user_ada", "state": "credited", "tokens": 100, "amount": 500,
        "currency": "usd", "reversed_tokens": 0, "session_id": "cs_1",
    },
    "payments": ["pi_1"],
    "reversals": [],
    "lines": [
        {"entry": 1, "kind": "purchase", "amount_tokens": 100, "idempotency_key": "purchase:cs_1", "posted_at": "2026"}
    ],
    "events": [],
}  # fmt: skip


@dataclass
class Billing:
    """Answers as told and keeps what it was asked."""

    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any], str | None, str]] = field(default_factory=list)

    def answer(self, asked: Asked) -> tuple[int, Any]:
        path = asked.path.removeprefix("/billing")
        key, token = asked.headers.get("idempotency-key"), asked.headers["authorization"]
        self.asked.append((path, asked.body, key, token))
        return self.answers[path]


@pytest.fixture
def billing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Billing]:
    billing = Billing()
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path))
    with played_services(tmp_path, billing.answer):
        yield billing


def test_the_books_agree_when_nothing_differs(billing: Billing) -> None:
    billing.answers["/operator/reconcile"] = (200, {"differences": []})

    assert "Los libros cuadran" in said("reconcile", "--hours", "5")
    assert billing.asked == [
        ("/operator/reconcile", {"who": getpass.getuser(), "hours": 5.0}, None, "Bearer secret")
    ]


def test_each_difference_is_printed_with_its_id_and_the_end_is_1(billing: Billing) -> None:
    billing.answers["/operator/reconcile"] = (200, {"differences": [DIFFERENCE]})

    shown = said("reconcile", code=1)

    assert all(value in shown for value in DIFFERENCE.values())
    assert "1 diferencias" in shown
    assert json.loads(said("reconcile", "--json", code=1)) == [DIFFERENCE]


def test_tokens_are_given_with_a_reason_and_once_a_key(billing: Billing) -> None:
    answer = {"available": 130, "repeated": False, "key": "grant:operator:ticket 7"}
    billing.answers["/operator/grants"] = (201, answer)
    first = said("tokens", "grant", "user_ada", "30", "--reason", "perdimos un ZIP", "--key", "ticket 7")
    billing.answers["/operator/grants"] = (200, answer | {"repeated": True})
    again = said("tokens", "grant", "user_ada", "30", "--reason", "perdimos un ZIP", "--key", "ticket 7")

    assert "30 tokens para user_ada; ahora tiene 130" in first
    assert "ya se dieron" in again
    path, body, key, _ = billing.asked[0]
    assert (path, key) == ("/operator/grants", "ticket 7")
    assert body == {"user": "user_ada", "tokens": 30, "reason": "perdimos un ZIP", "who": getpass.getuser()}


@pytest.mark.parametrize("arguments", [("user_ada", "30"), ("user_ada", "0", "--reason", "x"), ("user_ada",)])
def test_nothing_is_asked_when_a_grant_has_no_reason_or_no_tokens(
    billing: Billing, arguments: tuple[str, ...]
) -> None:
    said("tokens", "grant", *arguments, code=2)

    assert billing.asked == []


def test_a_refusal_is_told_in_billings_words(billing: Billing) -> None:
    billing.answers["/operator/grants"] = (409, {"code": "idempotency_conflict", "detail": "used before"})

    assert "used before" in said("tokens", "grant", "user_ada", "1", "--reason", "x", code=1)


def test_versions_are_told_again_with_a_reason(billing: Billing) -> None:
    billing.answers["/operator/retell"] = (200, {"retold": 3})

    assert "3 versiones" in said("tokens", "retell", "--reason", "restaurada")
    assert billing.asked[0][1]["reason"] == "restaurada"


def test_a_purchase_is_shown_whole(billing: Billing) -> None:
    billing.answers["/operator/purchases/cs_1"] = (200, PURCHASE)

    shown = said("purchases", "show", "cs_1")

    assert all(word in shown for word in ("user_ada", "credited", "purchase:cs_1", "cs_1"))
    assert json.loads(said("purchases", "show", "cs_1", "--json")) == PURCHASE
