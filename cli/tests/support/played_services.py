"""The services' operator routes, played by one small server, for commands that are run in this process."""

import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from autocrea.cli.main import app
from autocrea.cli.parts.processes import birth_of
from autocrea.cli.stack.layout import SERVICES
from typer.testing import CliRunner


@dataclass(frozen=True)
class Asked:
    """A request; `body` is empty for a GET."""

    method: str
    path: str
    body: dict[str, Any]
    headers: Mapping[str, str]


Answer = Callable[[Asked], tuple[int, Any]]


@contextmanager
def served(answer: Answer) -> Iterator[str]:
    """The address of a server that answers so."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"] or 0))
            status, said = answer(
                Asked(self.command, self.path, json.loads(body) if body else {}, self.headers)
            )
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        do_POST = do_DELETE = do_GET

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@contextmanager
def played_services(folder: Path, answer: Answer) -> Iterator[None]:
    """A state folder whose stack runs, every service of it at `/<service>` of one server."""
    with served(answer) as address:
        report = {
            "phase": "ready",
            "supervisor": {"pid": os.getpid(), "birth": birth_of(os.getpid())},
            "urls": {"api": address},
            "services": {name: f"{address}/{name}" for name in SERVICES},
            "operator_tokens": dict.fromkeys(SERVICES, "secret"),
        }
        (folder / "stack.json").write_text(json.dumps(report))
        yield


def said(*arguments: str, code: int = 0) -> str:
    """What the command says, in Spanish on a wide screen; fails unless it ends with this code."""
    result = CliRunner().invoke(app, ["--lang", "es", *arguments], env={"COLUMNS": "200"})
    assert result.exit_code == code, result.output
    return result.output
