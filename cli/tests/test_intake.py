"""`autocrea pause`, `autocrea resume`, against a gateway that answers as its operator routes do."""

import getpass
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from autocrea.cli.stack.state import STATE_VARIABLE
from played_services import Asked, played_services, said


@dataclass
class Gateway:
    """Open until it is paused."""

    told: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    paused: bool = False

    def answer(self, asked: Asked) -> tuple[int, Any]:
        self.told.append((asked.path, asked.body))
        was, self.paused = self.paused, asked.path.endswith("/pause")
        return 200, {"pause": {"reason": asked.body["reason"]}} if self.paused else {"resumed": was}


@pytest.fixture
def gateway(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    gateway = Gateway()
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path))
    with played_services(tmp_path, gateway.answer):
        yield gateway


def test_intake_is_paused_with_a_reason_and_taken_up_again(gateway: Gateway) -> None:
    assert "mantenimiento hasta las 15:00" in said("pause", "--reason", "mantenimiento hasta las 15:00")
    assert "otra vez" in said("resume")
    assert "No había ninguna pausa" in said("resume", "--reason", "todo en orden")
    me = getpass.getuser()
    assert gateway.told == [
        ("/gateway/operator/pause", {"who": me, "reason": "mantenimiento hasta las 15:00"}),
        ("/gateway/operator/resume", {"who": me, "reason": None}),
        ("/gateway/operator/resume", {"who": me, "reason": "todo en orden"}),
    ]


def test_a_pause_is_refused_when_nobody_says_why(gateway: Gateway) -> None:
    said("pause", code=2)
    assert gateway.told == []
