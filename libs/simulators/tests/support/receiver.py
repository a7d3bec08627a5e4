"""An endpoint for webhooks, as an application has one: keeps what came, and answers as told."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import stripe

PATIENCE_SECONDS = 15.0


@dataclass
class Came:
    """A webhook as it came."""

    body: bytes
    signature: str


@dataclass
class Receiver:
    """Answers 200, or the next of `answers` while there are some."""

    came: list[Came] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    server: ThreadingHTTPServer = field(init=False)

    def __enter__(self) -> "Receiver":
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.came.append(Came(body, self.headers["stripe-signature"]))
                self.send_response(receiver.answers.pop(0) if receiver.answers else 200)
                self.end_headers()

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/webhooks"

    def types(self, secret: str) -> list[str]:
        """The types of everything that came; each must be signed with the secret."""
        return [
            stripe.Webhook.construct_event(one.body, one.signature, secret, api_key="sk_test").type
            for one in self.came
        ]

    def wait(self, count: int) -> list[Came]:
        """Everything that came, once it is so much."""
        return until(lambda: self.came if len(self.came) >= count else [])


def until(look: Callable[[], list[Came]]) -> list[Came]:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not come")
