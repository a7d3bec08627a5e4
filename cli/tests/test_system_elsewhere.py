"""An operator's commands on a system that the environment names, as the toolbox in a cluster uses them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from autocrea.cli.main import app
from autocrea.cli.operating.system import BROKER_VARIABLE, operated_broker, token_variable, url_variable
from autocrea.cli.stack.layout import SERVICES
from played_services import Asked, served
from typer.testing import CliRunner


@pytest.fixture
def address() -> Iterator[str]:
    """A service that has no dead letters, for whoever presents its token."""

    def answer(asked: Asked) -> tuple[int, Any]:
        known = asked.headers["authorization"] in {f"Bearer token-of-{service}" for service in SERVICES}
        return (
            (200, {"dead_letters": [], "left_out": 0})
            if known
            else (401, {"detail": "no", "code": "unauthorized"})
        )

    with served(answer) as address:
        yield address


@pytest.fixture
def elsewhere(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for service in SERVICES:
        monkeypatch.setenv(url_variable(service), f"{address}/")
        monkeypatch.setenv(token_variable(service), f"token-of-{service}")


@pytest.mark.usefixtures("elsewhere")
def test_dead_letters_are_listed_when_the_environment_names_the_services() -> None:
    answer = CliRunner().invoke(app, ["dead", "list", "--json"])
    assert (answer.exit_code, json.loads(answer.stdout)) == (0, [])


@pytest.mark.usefixtures("elsewhere")
def test_what_is_missing_is_named_when_only_some_services_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(url_variable("billing"))
    answer = CliRunner().invoke(app, ["dead", "list"])
    assert answer.exit_code == 1
    assert "AUTOCREA_BILLING_URL" in answer.output
    assert "AUTOCREA_GATEWAY_URL" not in answer.output


@pytest.mark.usefixtures("elsewhere")
def test_tokens_are_those_in_their_files_when_the_environment_names_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for service in SERVICES:
        monkeypatch.delenv(token_variable(service))
        monkeypatch.setenv(f"{token_variable(service)}_FILE", str(tmp_path / service))
        (tmp_path / service).write_text(f"token-of-{service},the-next-one\n")
    assert CliRunner().invoke(app, ["dead", "list", "--json"]).exit_code == 0
    (tmp_path / "billing").unlink()
    answer = CliRunner().invoke(app, ["dead", "list"])
    assert answer.exit_code == 1
    assert "AUTOCREA_BILLING_OPERATOR_TOKEN_FILE" in " ".join(answer.output.split())


def test_the_named_broker_is_meant_when_a_topology_is_applied_elsewhere() -> None:
    assert operated_broker({BROKER_VARIABLE: "amqp://elsewhere/"}) == "amqp://elsewhere/"


def test_a_broker_that_does_not_answer_is_told_without_its_password_when_it_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("autocrea.cli.stack.preparation.LEADERS_SECONDS", 0.0)
    monkeypatch.setenv(BROKER_VARIABLE, "amqp://topology:canary@127.0.0.1:1/autocrea")
    answer = CliRunner().invoke(app, ["topology", "apply"])
    assert answer.exit_code == 1
    assert "RabbitMQ" in answer.output
    assert "canary" not in answer.output
