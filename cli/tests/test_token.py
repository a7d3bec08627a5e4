"""`autocrea token …`, against a gateway that answers as its API does."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from autocrea.cli.main import app
from autocrea.cli.stack.state import STATE_VARIABLE
from played_services import Asked, played_services, said
from typer.testing import CliRunner

SECRET = "acr_wvFvXH4yq1"
TOKEN = {
    "token_id": "6f0c1d6e-7c63-5c0a-9a34-2f5d3c1f8b10", "name": "mi [portátil]", "scopes": ["read"], "hint": "4yq1",
    "created_at": "2026-11-22T12:30:00Z", "expires_at": "2026-12-22T12:30:00Z", "last_used_at": None,
}  # fmt: skip


@dataclass
class Gateway:
    """The routes of access tokens, for whoever has a session."""

    tokens: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)

    def answer(self, asked: Asked) -> tuple[int, Any]:
        if asked.headers["authorization"] != "Bearer session":
            return 403, {
                "detail": "Este token no permite hacer eso.",
                "code": "scope_missing",
                "trace_id": "0",
            }
        self.asked.append((asked.method, asked.path, asked.body))
        if asked.method == "POST":
            self.tokens = [TOKEN]
            return 201, TOKEN | {"token": SECRET}
        if asked.method == "GET":
            return 200, {"items": self.tokens, "next_cursor": None}
        if not self.tokens:
            return 404, {"detail": "No existe.", "code": "not_found", "trace_id": "0"}
        self.tokens = []
        return 204, {}


@pytest.fixture
def gateway(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    gateway = Gateway()
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path))
    monkeypatch.setenv("AUTOCREA_TOKEN", "session")
    with played_services(tmp_path, gateway.answer):
        yield gateway


def test_the_secret_alone_is_on_standard_output_when_a_token_is_made(gateway: Gateway) -> None:
    words = ["token", "create", "--name", "mi [portátil]", "--scope", "read", "--expires", "30"]
    made = CliRunner().invoke(app, ["--lang", "es", *words])
    assert (made.exit_code, made.stdout) == (0, f"{SECRET}\n")
    assert all(word in made.stderr for word in ("mi [portátil]", "2026-12-22", TOKEN["token_id"]))
    assert SECRET not in made.stderr
    [(method, path, body)] = gateway.asked
    assert (method, path) == ("POST", "/api/me/tokens")
    assert body == {"name": "mi [portátil]", "scopes": ["read"], "lifetime_days": 30}


def test_a_token_reads_and_writes_when_no_scope_is_named(gateway: Gateway) -> None:
    assert json.loads(said("token", "create", "--name", "ci", "--json"))["token"] == SECRET
    assert gateway.asked[0][2] == {"name": "ci", "scopes": ["read", "write"], "lifetime_days": 90}


def test_tokens_are_listed_without_their_secrets_and_taken_back(gateway: Gateway) -> None:
    assert "Ningún token de acceso" in said("token", "list")
    said("token", "create", "--name", "ci")
    shown = said("token", "list")
    assert all(word in shown for word in (TOKEN["token_id"], "mi [portátil]", "…4yq1", "2026-12-22"))
    assert json.loads(said("token", "list", "--json")) == [TOKEN]
    assert "ya no vale" in said("token", "revoke", str(TOKEN["token_id"]))
    assert gateway.asked[-1][:2] == ("DELETE", f"/api/me/tokens/{TOKEN['token_id']}")
    assert "not_found" in said("token", "revoke", str(TOKEN["token_id"]), code=1)


def test_the_gateways_own_words_are_told_when_an_access_token_asks_for_another(gateway: Gateway) -> None:
    assert "no permite" in said("token", "create", "--name", "ci", "--token", "acr_another", code=1)
    assert gateway.asked == []


@pytest.mark.parametrize("words", [["--expires", "366"], ["--scope", "operate"], ["--expires", "0"]])
def test_nothing_is_asked_when_a_token_could_never_be_made(gateway: Gateway, words: list[str]) -> None:
    said("token", "create", "--name", "ci", *words, code=2)
    assert gateway.asked == []
