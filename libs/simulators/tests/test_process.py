"""The process itself: settings, pace, start and end."""

import signal
import socket
import subprocess
import sys
import time

import httpx
import pytest
from autocrea.simulators.settings import Settings
from autocrea.testkit.commands import STOP_SECONDS
from autocrea.testkit.processes import free_port
from generated import generate
from prompts import ask, body, prompt
from simulated_process import simulators
from wishes import SHOP

STEPS_IN_PARALLEL = ("backend", "frontend")


def test_default_generation_takes_12_to_15_seconds_when_the_pace_is_the_default(client: httpx.Client) -> None:
    generated = generate(client, SHOP)
    tokens = {
        entry["step"]: entry["usage"]["output_tokens"] for entry in client.get("/_sim/log").json()["calls"]
    }
    assert set(tokens) == {"architecture", "backend", "frontend", "devops", "security_audit"}
    longest = max(tokens[step] for step in STEPS_IN_PARALLEL)
    one_after_the_other = longest + sum(
        value for step, value in tokens.items() if step not in STEPS_IN_PARALLEL
    )
    assert 12 <= one_after_the_other / Settings.model_fields["tokens_per_second"].default <= 15
    assert generated.contract


def test_text_comes_at_the_pace_of_the_settings() -> None:
    with (
        simulators(TOKENS_PER_SECOND="400") as process,
        httpx.Client(base_url=process.url, timeout=20) as client,
    ):
        response = ask(client, prompt("security_audit"), stream=True)
        (entry,) = client.get("/_sim/log").json()["calls"]
        seconds = entry["usage"]["output_tokens"] / 400
        assert response.status_code == 200
        assert seconds <= entry["duration_ms"] / 1000 <= seconds + 8


def test_keys_are_those_of_the_settings() -> None:
    with simulators(JOXCODER_API_KEY="mine") as process:
        path = f"{process.url}/joxcoder/v1/chat/completions"
        for key, status in (("mine", 200), ("joxcoder-development-key", 401)):
            headers = {"Authorization": f"Bearer {key}"}
            assert httpx.post(path, json=body(prompt("devops")), headers=headers).status_code == status


def test_issuer_is_that_of_the_settings() -> None:
    with simulators(ISSUER="https://issuer.test/", AUTHORIZED_PARTY="http://127.0.0.1:9") as process:
        configuration = httpx.get(f"{process.url}/identity/.well-known/openid-configuration").json()
        assert configuration["issuer"] == "https://issuer.test"


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_process_ends_at_once_when_told_to_with_an_open_stream(end: signal.Signals) -> None:
    with simulators(TOKENS_PER_SECOND="20") as process, httpx.Client(base_url=process.url) as client:
        headers = {"Authorization": "Bearer joxcoder-development-key"}
        request = body(prompt("frontend"), stream=True)
        with client.stream(
            "POST", "/joxcoder/v1/chat/completions", json=request, headers=headers
        ) as response:
            chunks = response.iter_bytes()
            next(chunks)
            started = time.monotonic()
            process.popen.send_signal(end)
            process.popen.wait(STOP_SECONDS)
        assert time.monotonic() - started < STOP_SECONDS


def test_process_ends_with_an_error_when_its_port_is_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        environment = {"AUTOCREA_SIMULATORS_PORT": str(taken.getsockname()[1])}
        command = [sys.executable, "-m", "autocrea.simulators"]
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=30, check=False
        )
    assert done.returncode != 0
    assert "address already in use" in done.stderr


def test_process_ends_with_an_error_when_a_setting_is_wrong() -> None:
    environment = {
        "AUTOCREA_SIMULATORS_TOKENS_PER_SECOND": "-1",
        "AUTOCREA_SIMULATORS_PORT": str(free_port()),
    }
    command = [sys.executable, "-m", "autocrea.simulators"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert "tokens_per_second" in done.stderr
