"""Canaries: what a person wrote and what is secret is put wherever it could leak from, and looked for outside."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from autocrea.chassis.censorship import MASK, WITHHELD, Censor, secrets_of
from autocrea.chassis.errors import Unavailable
from autocrea.chassis.keys import KeyRing
from autocrea.testkit.collector import Collector
from pydantic import BaseModel, SecretStr

PROMPT = "CANARIO-de-lo-que-alguien-escribió"
KEY = "sk_live_CANARY_of_a_key"

BUG = """
import logging
from autocrea.chassis import telemetry, tracing
from autocrea.chassis.settings import ServiceSettings

settings = ServiceSettings(database_url="postgresql://u:CANARY-of-a-password@h/d", broker_url="amqp://h/",
    http_port=1, operator_token="sk_live_CANARY_of_a_key")
telemetry.setup("sample", settings)
log = logging.getLogger("autocrea.sample")

def fail(prompt):
    local = prompt * 2
    raise ValueError(f"cannot read {prompt}")

try:
    with tracing.span("sample.handle", None):
        try:
            fail("CANARIO-de-lo-que-alguien-escribió")
        except ValueError as error:
            raise RuntimeError(f"while {error}") from error
except RuntimeError as error:
    log.error("handler hit a bug", exc_info=error, extra={"key": "sk_live_CANARY_of_a_key"})
    log.error("told %s", "CANARY-of-a-password")

from opentelemetry import trace
trace.get_tracer_provider().force_flush()
import sentry_sdk
sentry_sdk.flush(5)
"""


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server:
        yield server


def run(collector: Collector, folder: Path, **environment: str) -> str:
    told = collector.settings | {"AXIOM_TOKEN": "xaat-CANARY-of-axiom", "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-c", BUG],
        env=told | environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout + done.stderr


def test_nothing_of_a_person_or_secret_leaves_when_a_bug_is_told_everywhere(
    collector: Collector, tmp_path: Path
) -> None:
    lines = run(collector, tmp_path, ENV="production")
    logged = [json.loads(line) for line in lines.splitlines()]
    assert "ValueError" in logged[0]["exc_info"]
    assert "RuntimeError" in logged[0]["exc_info"]
    assert logged[0]["key"] == MASK
    [traces] = collector.bodies("/v1/traces")
    assert b"sample.handle" in traces
    assert b"RuntimeError" in traces
    events = b"".join(collector.bodies("/envelope/"))
    assert b"RuntimeError" in events
    assert b"handler hit a bug" in events
    for canary in (PROMPT, PROMPT[:8], KEY, "CANARY-of-a-password"):
        assert canary not in lines, canary
        assert canary.encode() not in traces, canary
        assert canary.encode() not in events, canary
        assert json.dumps(canary)[1:-1].encode() not in events, canary
    headers = next(headers for path, headers, _ in collector.received if "/v1/traces" in path)
    assert headers["authorization"] == "Bearer xaat-CANARY-of-axiom"
    assert headers["x-axiom-dataset"] == "autocrea"


def test_a_developer_sees_messages_but_no_secret_when_in_development(
    collector: Collector, tmp_path: Path
) -> None:
    lines = run(collector, tmp_path, ENV="development")
    assert json.dumps(f"cannot read {PROMPT}")[1:-1] in lines
    assert KEY not in lines
    assert "CANARY-of-a-password" not in lines
    # Sentry is somebody else's machine in development too.
    assert PROMPT not in json.dumps(str(collector.bodies("/envelope/")), ensure_ascii=False)


class Nested(BaseModel):
    token: SecretStr


class Known(BaseModel):
    plain: str = "not-a-secret"
    url: SecretStr = SecretStr("amqp://user:pass%2Fword@host/vhost")
    two: SecretStr = SecretStr("whsec_first, whsec_second")
    nested: dict[str, Nested] = {"billing": Nested(token=SecretStr("operator-token"))}
    many: tuple[Nested, ...] = (Nested(token=SecretStr("another-token")),)
    short: SecretStr = SecretStr("abc")


def test_every_secret_is_masked_when_it_hides_inside_another_value() -> None:
    censor = Censor(secrets_of(Known()))
    for said in (
        "amqp://user:pass%2Fword@host/vhost",
        "pass%2Fword",
        "pass/word",
        "whsec_first",
        "whsec_second",
        "operator-token",
        "another-token",
    ):
        assert censor.mask(f"x {said} y") == f"x {MASK} y"
    assert censor.mask("abc not-a-secret") == "abc not-a-secret"


def test_a_key_is_masked_when_it_came_from_a_file_and_was_replaced(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("CANARY-of-the-first-key")
    ring = KeyRing(lambda: {"joxcoder": (None, file)})
    censor = Censor()
    assert censor.mask("sent CANARY-of-the-first-key") == f"sent {MASK}"
    file.write_text("CANARY-of-the-second-key")
    asyncio.run(ring.look())
    for number in ("first", "second"):  # calls with the old one may still be on their way
        assert censor.mask(f"CANARY-of-the-{number}-key") == MASK


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ConnectionRefusedError("port 5672"), "port 5672"),
        (httpx.ConnectError("no route"), "no route"),
        (Unavailable("the database"), "the database"),
        (ValueError(PROMPT), WITHHELD),
        (KeyError(PROMPT), WITHHELD),
        (UnicodeEncodeError("utf-8", PROMPT, 0, 1, "x"), WITHHELD),
    ],
)
def test_only_infrastructure_speaks_when_messages_are_withheld(error: Exception, said: str) -> None:
    assert Censor().message_of(error) == said


def test_an_event_is_made_anew_when_it_holds_more_than_is_known() -> None:
    frame = {
        "filename": "a.py",
        "function": "f",
        "lineno": 1,
        "vars": {"prompt": PROMPT},
        "context_line": PROMPT,
    }
    event = {
        "level": "error",
        "logentry": {"message": "told %s", "params": [PROMPT]},
        "message": PROMPT,
        "request": {"data": PROMPT},
        "extra": {"reason": PROMPT},
        "breadcrumbs": {"values": [{"message": PROMPT}]},
        "user": {"email": PROMPT},
        "contexts": {"anything": PROMPT},
        "tags": {"service": "gateway", "prompt": PROMPT},
        "exception": {"values": [{"type": "ValueError", "value": PROMPT, "stacktrace": {"frames": [frame]}}]},
    }
    kept = Censor().sentry_event(event, {})
    assert PROMPT not in json.dumps(kept, ensure_ascii=False)
    assert kept["logentry"]["message"] == "told %s"
    assert kept["tags"] == {"service": "gateway"}
    assert kept["exception"]["values"][0]["type"] == "ValueError"


def test_a_cause_that_leads_to_itself_is_told_once() -> None:
    first, second = ValueError("a"), TypeError("b")
    first.__cause__, second.__cause__ = second, first
    told = Censor().render(first)
    assert told.count("ValueError") == told.count("TypeError") == 1


def test_each_error_of_a_group_is_told_with_its_cause() -> None:
    inner = KeyError("b")
    inner.__cause__ = TypeError("c")
    told = Censor().render(ExceptionGroup("tasks", [ValueError("a"), ExceptionGroup("more", [inner])]))
    assert [kind for kind in ("TypeError", "KeyError", "ValueError") if told.count(kind) == 1] == [
        "TypeError",
        "KeyError",
        "ValueError",
    ]
    assert told.index("TypeError") < told.index("KeyError") < told.rindex("ExceptionGroup")
