"""What a service's environment may say: a `.env` is a developer's, blank secrets are none, production is real."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from autocrea.chassis.settings import ServiceSettings, faults_of, is_loopback
from pydantic import ValidationError
from pydantic_settings import SettingsConfigDict

REQUIRED = {
    "AUTOCREA_SAMPLE_DATABASE_URL": "postgresql://h/d",
    "AUTOCREA_SAMPLE_BROKER_URL": "amqp://h/",
    "AUTOCREA_SAMPLE_HTTP_PORT": "1",
    "AUTOCREA_SAMPLE_OPERATOR_TOKEN": "operator",
}


class Sample(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="AUTOCREA_SAMPLE_")

    def unfit_for_production(self) -> Iterable[str]:
        if self.log_level == "DEBUG":
            yield "AUTOCREA_LOG_LEVEL shows too much"


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ENV", raising=False)

    def with_environment(**environment: str) -> Sample:
        for name, value in (REQUIRED | environment).items():
            monkeypatch.setenv(name, value)
        return Sample()  # type: ignore[call-arg]

    return with_environment


@pytest.mark.parametrize(
    ("env", "level"), [("", "DEBUG"), ("development", "DEBUG"), ("staging", "INFO"), ("production", "INFO")]
)
def test_a_dotenv_file_counts_when_in_development_alone(
    read: Any, tmp_path: Path, env: str, level: str
) -> None:
    (tmp_path / ".env").write_text("AUTOCREA_LOG_LEVEL=DEBUG\n")
    assert read(ENV=env).log_level == level


def test_the_environment_wins_when_a_dotenv_file_says_otherwise(read: Any, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("AUTOCREA_LOG_LEVEL=DEBUG\n")
    assert read(AUTOCREA_LOG_LEVEL="WARNING").log_level == "WARNING"


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"AUTOCREA_SAMPLE_OPERATOR_TOKEN": ""}, "AUTOCREA_SAMPLE_OPERATOR_TOKEN: it must be set"),
        ({"AUTOCREA_SAMPLE_OPERATOR_TOKEN": "  "}, "AUTOCREA_SAMPLE_OPERATOR_TOKEN is blank"),
        ({"SENTRY_DSN": " "}, "SENTRY_DSN is blank"),
        ({"ENV": "prod"}, "ENV: Input should be"),
        ({"ENV": "production", "AUTOCREA_LOG_LEVEL": "DEBUG"}, "AUTOCREA_LOG_LEVEL shows too much"),
    ],
)
def test_a_service_does_not_start_when_a_variable_is_unfit(
    read: Any, environment: dict[str, str], named: str
) -> None:
    with pytest.raises(ValidationError) as raised:
        read(**environment)
    assert any(named in fault for fault in faults_of(Sample, raised.value))


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:7090/x", True),
        ("http://localhost", True),
        ("http://[::1]:9/", True),
        ("http://sim.localhost", True),
        ("https://api.openai.com/v1", False),
        ("http://vllm.models.svc", False),
    ],
)
def test_an_address_is_this_machines_when_it_is_a_loopback(url: str, here: bool) -> None:
    assert is_loopback(url) is here


def test_a_secret_is_read_from_its_file_when_the_environment_names_one(read: Any, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from a file\n")
    settings = read(
        AUTOCREA_SAMPLE_OPERATOR_TOKEN="", AUTOCREA_SAMPLE_OPERATOR_TOKEN_FILE=str(tmp_path / "token")
    )
    assert settings.operator_token.get_secret_value() == "from a file"


@pytest.mark.parametrize(
    ("value", "content", "named"),
    [
        ("both", "x", "AUTOCREA_SAMPLE_OPERATOR_TOKEN and AUTOCREA_SAMPLE_OPERATOR_TOKEN_FILE are both set"),
        ("", None, "AUTOCREA_SAMPLE_OPERATOR_TOKEN_FILE: No such file"),
        ("", " \n", "is empty"),
        ("", " , ", "holds commas alone"),
    ],
)
def test_a_service_does_not_start_when_a_secret_s_file_is_unfit(
    read: Any, tmp_path: Path, value: str, content: str | None, named: str
) -> None:
    file = tmp_path / "token"
    if content is not None:
        file.write_text(content)
    with pytest.raises(ValidationError) as raised:
        read(AUTOCREA_SAMPLE_OPERATOR_TOKEN=value, AUTOCREA_SAMPLE_OPERATOR_TOKEN_FILE=str(file))
    assert any(named in fault for fault in faults_of(Sample, raised.value))
