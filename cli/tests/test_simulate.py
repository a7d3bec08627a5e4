"""`autocrea sim`, against a real process of simulators that a stack file names."""

import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from autocrea.cli.main import app
from autocrea.cli.parts.processes import birth_of
from autocrea.cli.stack.state import STATE_VARIABLE
from autocrea.testkit.processes import ServiceProcess, free_port
from autocrea.testkit.waiting import eventually
from typer.testing import CliRunner

PATH = "/joxcoder/v1/chat/completions"
HEADERS = {"Authorization": "Bearer joxcoder-development-key"}


def stack_file(folder: Path, **urls: str) -> None:
    """A stack that is ready, supervised by this very process."""
    supervisor = {"pid": os.getpid(), "birth": birth_of(os.getpid())}
    folder.mkdir(exist_ok=True)
    (folder / "stack.json").write_text(json.dumps({"phase": "ready", "supervisor": supervisor, "urls": urls}))


@pytest.fixture
async def simulators(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ServiceProcess]:
    port = free_port()
    environment = {"AUTOCREA_SIMULATORS_PORT": str(port), "AUTOCREA_SIMULATORS_TOKENS_PER_SECOND": "0"}
    process = ServiceProcess("autocrea.simulators", environment, port=port, log=tmp_path / "simulators.log")

    async def answers() -> bool:
        return await process.status("/_sim/health") == 200

    await process.start(wait=False)
    try:
        await eventually(answers, what="the simulators answer")
        stack_file(tmp_path / "state", simulators=process.url)
        monkeypatch.setenv(STATE_VARIABLE, str(tmp_path / "state"))
        yield process
    finally:
        await process.kill()


def sim(*arguments: str, code: int = 0, lang: str = "es") -> str:
    """What `autocrea sim …` says, on both of its channels."""
    result = CliRunner().invoke(app, ["--lang", lang, "sim", *arguments], env={"COLUMNS": "300"})
    assert result.exit_code == code, result.output
    return result.output


def ask(simulators: ServiceProcess, project: str, step: str = "backend") -> httpx.Response:
    content = f"Project: {project}\nStep: {step}\nAttempt: 1\nLanguage: es\nKind: files\n\nhola"
    body = {"model": "joxcoder-1", "messages": [{"role": "user", "content": content}]}
    return httpx.post(simulators.url + PATH, json=body, headers=HEADERS, trust_env=False, timeout=20)


def rules() -> list[dict[str, Any]]:
    return list(json.loads(sim("rules", "--json")))


async def test_step_of_a_project_fails_until_the_rule_is_cleared(simulators: ServiceProcess) -> None:
    said = sim("set", "--project", "fallo-4", "--step", "devops", "--status", "500")
    assert "Regla 1 en vigor" in said
    assert [ask(simulators, "fallo-4", step).status_code for step in ("backend", "devops")] == [200, 500]
    assert ask(simulators, "otro", "devops").status_code == 200
    assert "project=fallo-4 step=devops" in sim("rules")
    assert "1 rules removed" in sim("clear", "1", lang="en")
    assert ask(simulators, "fallo-4", "devops").status_code == 200
    assert "No hay reglas" in sim("rules")


async def test_every_option_becomes_its_part_of_the_rule(simulators: ServiceProcess) -> None:
    sim(
        *("set", "--project", "p", "--step", "backend", "--user", "ada", "--provider", "openai"),
        *("--model", "gpt-4.1", "--attempt", "2", "--nth", "3", "--times", "4"),
        *("--error", "spend_cap", "--error-after", "10", "--retry-after", "1.5", "--delay", "0.5"),
        *("--first-token-delay", "1", "--think", "2", "--rate", "50", "--stall-after", "20"),
        *("--keep-alive", "3", "--truncate-at", "30", "--refuse-at", "40", "--disconnect-at", "50"),
        *("--disconnect-at-byte", "60", "--garble", "prose", "--garble", "crlf", "--framing", "cr"),
        *("--usage", "doubled", "--effect", '{"drop_in_character": true, "cached_tokens": 7}'),
    )
    (rule,) = rules()
    assert rule["match"] == {
        "project": "p",
        "step": "backend",
        "user": "ada",
        "provider": "openai",
        "model": "gpt-4.1",
        "attempt": 2,
        "nth": 3,
    }
    assert rule["times"] == 4
    assert rule["effect"] == {
        "error": "spend_cap",
        "error_after_chars": 10,
        "headers": {"Retry-After": "1.5"},
        "delay_seconds": 0.5,
        "first_token_delay_seconds": 1.0,
        "think_seconds": 2.0,
        "tokens_per_second": 50.0,
        "stall_after_chars": 20,
        "keep_alive_seconds": 3.0,
        "length_after_chars": 30,
        "refuse_after_chars": 40,
        "drop_after_chars": 50,
        "drop_in_character": True,
        "drop_after_bytes": 60,
        "garble": ["prose", "crlf"],
        "framing": ["cr"],
        "usage": "doubled",
        "cached_tokens": 7,
    }


async def test_usage_is_left_out_when_it_is_to_be_omitted(simulators: ServiceProcess) -> None:
    sim("set", "--usage", "omitted", "--stall-after", "0")
    (rule,) = rules()
    assert rule["effect"] == {"omit_usage": True, "stall_after_chars": 0}


async def test_rules_of_one_project_are_cleared_alone(simulators: ServiceProcess) -> None:
    for project in ("a", "a", "b"):
        sim("set", "--project", project, "--status", "500")
    assert "2 reglas" in sim("clear", "--project", "a")
    assert [rule["match"] for rule in rules()] == [{"project": "b"}]
    sim("clear")
    assert rules() == []


async def test_log_shows_who_asked_what_and_never_the_text(simulators: ServiceProcess) -> None:
    assert "Ninguna llamada" in sim("log")
    ask(simulators, "a")
    ask(simulators, "b", "devops")
    shown = sim("log", "--project", "b")
    assert "devops" in shown
    assert "finished" in shown
    assert "joxcoder 1" in shown
    assert "backend" not in shown
    found = json.loads(sim("log", "--json"))
    assert [call["project"] for call in found["calls"]] == ["a", "b"]
    assert found["concurrent_max"] == {"joxcoder": 1}
    assert "hola" not in sim("log", "--json")


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("set",), 2, "Di qué debe pasar"),
        (("set", "--project", "p"), 2, "Di qué debe pasar"),
        (("set", "--garble", "rot13"), 2, "effect.garble.0: "),
        (("set", "--status", "200"), 2, "a status without an error needs one"),
        (("set", "--effect", "{"), 2, "--effect quiere un objeto JSON"),
        (("set", "--effect", "[]"), 2, "--effect quiere un objeto JSON"),
        (("clear", "99"), 1, "No hay ninguna regla 99"),
    ],
)
async def test_what_makes_no_sense_is_told_in_a_sentence(
    simulators: ServiceProcess, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    assert sentence in sim(*arguments, code=code)


def test_it_is_told_when_nothing_is_simulated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path / "state"))
    assert "no está en marcha" in sim("rules", code=1)
    stack_file(tmp_path / "state", api="http://127.0.0.1:1")
    assert "Aquí nada está simulado" in sim("rules", code=1)
    stack_file(tmp_path / "state", simulators="http://127.0.0.1:1")
    assert "simulators no responde" in sim("rules", code=1)


def pay(simulators: ServiceProcess) -> str:
    """Somebody opens a session at the simulated Stripe; returns its id."""
    price = "line_items[0][price_data]"
    form = {"mode": "payment", f"{price}[currency]": "usd", f"{price}[unit_amount]": "500"}
    answer = httpx.post(
        f"{simulators.url}/stripe/v1/checkout/sessions",
        data=form,
        headers={"Authorization": "Bearer sk_test_development"},
        trust_env=False,
    )
    assert answer.is_success, answer.text
    return str(answer.json()["id"])


async def test_webhooks_are_held_and_released_when_stripe_is_told_to(simulators: ServiceProcess) -> None:
    assert "hold" in sim("stripe", "webhooks", "hold")
    paid = json.loads(sim("stripe", "do", "pay", pay(simulators)))
    held = json.loads(sim("stripe", "show"))["held"]

    assert (paid["status"], paid["payment_status"]) == ("complete", "paid")
    assert held[-1]["type"] == "checkout.session.completed"
    assert str(2 * len(held)) in sim("stripe", "release", "--times", "2", "--shuffle")
    refused = sim("stripe", "do", "win", paid["id"], code=1)
    assert "is not done to a session" in refused
    refund = json.loads(sim("stripe", "do", "refund", paid["id"]))
    assert "is not done to a refund" in sim("stripe", "do", "win", refund["id"], code=1)
