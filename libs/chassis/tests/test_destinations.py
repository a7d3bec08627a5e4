"""Where traces and bugs are told goes by the token and the address that are in force, also when they change."""

import os
import subprocess
import sys
from pathlib import Path

from autocrea.testkit.collector import EVENTS, TRACES, Collector

NAMES = ("before", "half", "after")
"""In between, the address is written half: bugs go on to be told where they were."""
TELLS_ALL = """
import logging, os
from pathlib import Path
from autocrea.chassis import telemetry, tracing
from autocrea.chassis.settings import ServiceSettings
from opentelemetry import trace
import sentry_sdk

here = {"database_url": "postgresql://h/d", "broker_url": "amqp://h", "http_port": 1, "operator_token": "x"}
telemetry.setup("sample", ServiceSettings(**here))
for name, dsn in (("before", os.environ["DSN"] + "1"), ("half", "https://"), ("after", os.environ["DSN"] + "2")):
    Path(os.environ["AXIOM_TOKEN_FILE"]).write_text(f"token-{name}")
    Path(os.environ["SENTRY_DSN_FILE"]).write_text(dsn)
    with tracing.span(f"sample.{name}", None):
        logging.getLogger("autocrea.sample").error(f"bug {name}")
    trace.get_tracer_provider().force_flush()
    sentry_sdk.flush(5)
"""


def test_the_next_span_and_bug_go_there_when_token_and_address_are_changed(tmp_path: Path) -> None:
    with Collector() as collector:
        settings = collector.settings
        files = {name: tmp_path / name for name in ("AXIOM_TOKEN", "SENTRY_DSN")}
        files["AXIOM_TOKEN"].write_text("token-before")
        files["SENTRY_DSN"].write_text(settings["SENTRY_DSN"])
        environment = {f"{name}_FILE": str(file) for name, file in files.items()} | {
            "OTEL_EXPORTER_OTLP_ENDPOINT": settings["OTEL_EXPORTER_OTLP_ENDPOINT"],
            "DSN": settings["SENTRY_DSN"].removesuffix("1"),
            "PATH": os.environ["PATH"],
        }
        subprocess.run(
            [sys.executable, "-c", TELLS_ALL], env=environment, cwd=tmp_path, timeout=60, check=True
        )
    traces = [
        (headers["authorization"], body) for path, headers, body in collector.received if TRACES in path
    ]
    events = [(path, body) for path, _, body in collector.received if EVENTS in path]
    for (token, told), name in zip(traces, NAMES, strict=True):
        assert token == f"Bearer token-{name}"
        assert f"sample.{name}".encode() in told
    for (path, event), name, project in zip(events, NAMES, ("1", "1", "2"), strict=True):
        assert f"/{project}/" in path
        assert f"bug {name}".encode() in event


TELLS_THRICE = """
import os
from pathlib import Path
from autocrea.chassis import telemetry, tracing
from autocrea.chassis.settings import ServiceSettings
from opentelemetry import trace

here = {"database_url": "postgresql://h/d", "broker_url": "amqp://h", "http_port": 1, "operator_token": "x"}
telemetry.setup("sample", ServiceSettings(**here))
file = Path(os.environ["OTEL_EXPORTER_OTLP_HEADERS_FILE"])
for headers in ("api-key=before%20noon,x-team=a", "api-k", "api-key=after,x-team=a"):
    file.write_text(headers)
    with tracing.span("sample.told", None):
        pass
    trace.get_tracer_provider().force_flush()
"""


def test_the_next_spans_go_with_the_new_headers_when_the_collector_s_key_is_changed(tmp_path: Path) -> None:
    file = tmp_path / "headers"
    file.write_text("api-key=first")
    with Collector() as collector:
        environment = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.settings["OTEL_EXPORTER_OTLP_ENDPOINT"],
            "OTEL_EXPORTER_OTLP_HEADERS_FILE": str(file),
            "PATH": os.environ["PATH"],
        }
        ended = subprocess.run(
            [sys.executable, "-c", TELLS_THRICE],
            env=environment,
            cwd=tmp_path,
            timeout=60,
            check=True,
            stdout=subprocess.PIPE,
        )
    sent = [headers for path, headers, _ in collector.received if TRACES in path]
    assert [(one.get("api-key"), one.get("x-team")) for one in sent] == [
        ("before noon", "a"),
        (None, None),  # a half-written file holds no header; the collector says no, and the spans are gone
        ("after", "a"),
    ]
    assert not [key for key in (b"first", b"before", b"after") if key in ended.stdout]
