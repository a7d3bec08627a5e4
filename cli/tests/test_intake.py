"""`autocrea pause`, `autocrea resume`, against a gateway that answers as its operator routes do."""

import getpass
import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from autocrea.cli.main import app
from autocrea.cli.parts.processes import birth_of
from autocrea.cli.stack.layout import SERVICES
from autocrea.cli.stack.state import STATE_VARIABLE
from typer.testing import CliRunner


class Gateway(BaseHTTPRequestHandler):
    told: list[tuple[str, dict[str, Any]]]
    paused: bool

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        type(self).told.append((self.path, body))
        if self.path.endswith("/pause"):
            answer: dict[str, Any] = {"pause": {"reason": body["reason"]}}
            type(self).paused = True
        else:
            answer = {"resumed": self.paused}
            type(self).paused = False
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def gateway(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Gateway]]:
    Gateway.told, Gateway.paused = [], False
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    report = {
        "phase": "ready",
        "supervisor": {"pid": os.getpid(), "birth": birth_of(os.getpid())},
        "services": {name: f"http://127.0.0.1:{server.server_port}/{name}" for name in SERVICES},
        "operator_tokens": dict.fromkeys(SERVICES, "secret"),
    }
    (tmp_path / "stack.json").write_text(json.dumps(report))
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path))
    yield Gateway
    server.shutdown()
    server.server_close()


def run(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["--lang", "es", *arguments], env={"COLUMNS": "200"})
    assert result.exit_code == code, result.output
    return result.output


def test_intake_is_paused_with_a_reason_and_taken_up_again(gateway: type[Gateway]) -> None:
    assert "mantenimiento hasta las 15:00" in run("pause", "--reason", "mantenimiento hasta las 15:00")
    assert "otra vez" in run("resume")
    assert "No había ninguna pausa" in run("resume")
    me = getpass.getuser()
    assert gateway.told == [
        ("/gateway/operator/pause", {"who": me, "reason": "mantenimiento hasta las 15:00"}),
        ("/gateway/operator/resume", {"who": me}),
        ("/gateway/operator/resume", {"who": me}),
    ]


def test_a_pause_is_refused_when_nobody_says_why(gateway: type[Gateway]) -> None:
    run("pause", code=2)
    assert gateway.told == []
