"""Whom the service trusts, and when it refuses to start."""

import json
from pathlib import Path
from typing import Any

import pytest
from autocrea.chassis.settings import faults_of
from autocrea.gateway.settings import Settings
from pydantic import ValidationError

REQUIRED = {
    "AUTOCREA_GATEWAY_DATABASE_URL": "postgresql://localhost/gateway",
    "AUTOCREA_GATEWAY_BROKER_URL": "amqp://localhost/",
    "AUTOCREA_GATEWAY_OPERATOR_TOKEN": "operator",
    "AUTOCREA_GATEWAY_INTERNAL_TOKEN": "between-us",
    "AUTOCREA_GATEWAY_BILLING_URL": "http://127.0.0.1:8103",
    "AUTOCREA_GATEWAY_ARTIFACTS_URL": "http://127.0.0.1:8104",
}
ISSUER = {"CLERK_ISSUER": "https://clerk.example.com", "CLERK_AUTHORIZED_PARTIES": "https://app.example.com"}


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Any:
    monkeypatch.chdir(tmp_path)  # no .env of the developer's
    for name in ("ENV", "ALLOWED_ORIGINS", "CLERK_ISSUER", "CLERK_JWKS_URL", "CLERK_AUTHORIZED_PARTIES"):
        monkeypatch.delenv(name, raising=False)

    def read(**environment: str) -> Settings:
        for name, value in {**REQUIRED, **environment}.items():
            monkeypatch.setenv(name, value)
        return Settings()  # type: ignore[call-arg]

    return read


def test_nobody_is_trusted_when_no_issuer_is_set_on_a_developers_loopback(settings: Any) -> None:
    assert settings().clerk_issuer is None


@pytest.mark.parametrize(
    "environment",
    [
        {"ENV": "production"},
        {"ENV": "staging"},
        {"AUTOCREA_GATEWAY_HTTP_HOST": "0.0.0.0"},
        {"ENV": "production", **ISSUER, "CLERK_ISSUER": "http://clerk.example.com"},
        {"ENV": "production", **ISSUER, "CLERK_JWKS_URL": "http://clerk.example.com/jwks"},
        {**ISSUER, "CLERK_AUTHORIZED_PARTIES": " , ", "ALLOWED_ORIGINS": "[]"},
    ],
)
def test_service_refuses_to_start_when_it_would_trust_too_much(
    settings: Any, environment: dict[str, str]
) -> None:
    with pytest.raises(ValidationError, match=r"CLERK_|ALLOWED_ORIGINS"):
        settings(**environment)


def test_key_set_is_at_the_issuers_well_known_path_when_not_said(settings: Any) -> None:
    read = settings(ENV="production", **ISSUER)
    assert read.jwks_url == "https://clerk.example.com/.well-known/jwks.json"
    assert read.authorized_parties == ["https://app.example.com"]


@pytest.mark.parametrize("text", ['["http://a.test", "http://b.test/"]', "http://a.test,http://b.test"])
def test_origins_are_read_when_written_either_way(settings: Any, text: str) -> None:
    read = settings(ALLOWED_ORIGINS=text)
    assert read.allowed_origins == ["http://a.test", "http://b.test"]
    assert read.authorized_parties == ["http://a.test", "http://b.test"]


def test_a_service_s_token_is_its_file_s_when_the_setting_names_one(settings: Any, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("from a file\n")
    one = {"url": "http://billing:8003", "token_file": str(file)}
    read = settings(AUTOCREA_GATEWAY_OPERATED_SERVICES=json.dumps({"billing": one}))
    token = read.operated_services["billing"].token
    assert token.get_secret_value() == "from a file"
    file.write_text("another")
    assert token.get_secret_value() == "another"
    with pytest.raises(ValidationError, match="both set"):
        settings(AUTOCREA_GATEWAY_OPERATED_SERVICES=json.dumps({"billing": one | {"token": "x"}}))
    file.unlink()
    with pytest.raises(ValidationError, match="No such file"):
        settings(AUTOCREA_GATEWAY_OPERATED_SERVICES=json.dumps({"billing": one}))


@pytest.mark.parametrize(
    "url",
    ["redis", "redis.redis:6379", "http://redis:6379", "redis://redis", "redis://:a-secret@redis:port/0"],
)
def test_service_refuses_to_start_when_the_address_of_redis_is_none(settings: Any, url: str) -> None:
    with pytest.raises(ValidationError) as refused:
        settings(REDIS_URL=url)
    (sentence,) = faults_of(Settings, refused.value)
    assert sentence == "REDIS_URL: it must be redis://HOST:PORT or rediss://HOST:PORT"
    assert "a-secret" not in str(refused.value)


def test_the_address_of_redis_is_its_file_s_when_one_is_named(settings: Any, tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text("rediss://:before@redis.redis:6379/0\n")
    url = settings(REDIS_URL_FILE=str(file)).redis_url
    file.write_text("rediss://:after@redis.redis:6379/0\n")
    assert url.get_secret_value() == "rediss://:after@redis.redis:6379/0"
