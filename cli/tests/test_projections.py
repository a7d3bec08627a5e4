"""`gateway rebuild`, against a gateway and owners that answer as their operator routes do."""

from pathlib import Path
from typing import Any

import pytest
from autocrea.cli.stack.state import STATE_VARIABLE
from played_services import Asked, played_services, said

FOLLOWING = {None: "one", "one": "two", "two": None}


def test_owners_are_asked_when_the_gateway_has_come_to_its_last_generation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str, Any]] = []

    def answer(request: Asked) -> tuple[int, Any]:
        assert request.body["who"] == "ada"
        _, service, path = request.path.split("/", 2)
        asked.append((service, path, request.body.get("after")))
        if path == "operator/projections/rebuild":
            return 200, {"generations": 20, "changed": 1, "next": FOLLOWING[request.body["after"]]}
        return 200, {"republished": 7} if path == "operator/outbox/republish" else {"told": 1}

    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path))
    monkeypatch.setattr("getpass.getuser", lambda: "ada")
    with played_services(tmp_path, answer):
        output = said("gateway", "rebuild")
    assert "60 generaciones rehechas, 3 eran distintas; 7 mensajes" in output
    assert asked == [
        *(("gateway", "operator/projections/rebuild", after) for after in (None, "one", "two")),
        ("orchestrator", "operator/outbox/republish", None),
        *((owner, "operator/tell-again", None) for owner in ("orchestrator", "llm-router", "billing")),
    ]
