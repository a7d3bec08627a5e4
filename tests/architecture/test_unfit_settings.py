"""What no service could use, in any address or secret of any service: refused at start, by name, and never quoted."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from autocrea.chassis.addresses import checked_base
from autocrea.chassis.main import main
from autocrea.chassis.secret_files import takes_file
from autocrea.chassis.settings import ServiceSettings, variable_of
from autocrea.contracts.message import Service
from autocrea.testkit.generate.environment import settings_of
from pydantic import AfterValidator, AnyHttpUrl, SecretStr

CANARY = "s3cr3t-canary"
GOOD = {
    "DATABASE_URL": "postgresql://u:p@h:5432/d",
    "BROKER_URL": "amqp://u:p@h:5672/v",
    "TOKEN": "token",
    "BILLING_URL": "http://h:1",
    "ARTIFACTS_URL": "http://h:2",
    "AWS_S3_BUCKET": "archives",
    "STRIPE_WEBHOOK_SECRET": "whsec_1",
}
AUTHORITIES = (
    f"u:{CANARY}/x@h:1",
    f"u:{CANARY}#x@h:1",
    f"u:p@h:{CANARY}",
    f"u:{CANARY} x@h:1",
    f"u:{CANARY}@",
    f"[{CANARY}",
)
SECRETS = (" ", " , ", f"{CANARY}\nx", f"{CANARY}ñ")
BASES = (
    CANARY,
    f"ftp://{CANARY}",
    f"https://u:{CANARY}@h",
    f"https://h/?key={CANARY}",
    f"https://h:{CANARY}",
)
# By the end of the variable's name; the first that fits counts.
BAD: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("_DATABASE_URL", (CANARY, f"http://u:{CANARY}@h/d", *(f"postgresql://{a}/d" for a in AUTHORITIES))),
    ("_BROKER_URL", (CANARY, f"http://u:{CANARY}@h/v", *(f"amqp://{a}/v" for a in AUTHORITIES))),
    ("REDIS_URL", (CANARY, f"redis://:{CANARY}@h", *(f"redis://{a}" for a in AUTHORITIES))),
    (
        "SENTRY_DSN",
        (
            CANARY,
            f"https://{CANARY}",
            f"https://{CANARY}@h/x",
            f"https://k@h:{CANARY}/1",
            f"https://[{CANARY}",
        ),
    ),
    (
        "_OPERATED_SERVICES",
        (
            CANARY,
            "[" * 100_000,
            "null",
            "[1]",
            f'{{"billing": "{CANARY}"}}',
            '{"billing": null}',
            f'{{"billing": {{"url": "{CANARY}", "token": "x"}}}}',
            '{"billing": {"url": "http://h", "token": " "}}',
            f'{{"billing": {{"url": "http://h", "token": "{CANARY}\\n"}}}}',
            f'{{"billing": {{"url": "http://h", "token": "{CANARY}", "token_file": "/x"}}}}',
            f'{{"billing": {{"url": "http://h", "token_file": "/{CANARY}"}}}}',
        ),
    ),
    (
        "_EXTRA_PROVIDERS",
        (
            CANARY,
            "[" * 100_000,
            "[1]",
            f'[{{"name": "vllm", "url": "{CANARY}", "models": ["m"]}}]',
            f'[{{"name": "vllm", "url": "http://u:{CANARY}@h/v1", "models": ["m"]}}]',
            f'[{{"name": "vllm", "url": "http://h:{CANARY}/v1", "models": ["m"]}}]',
        ),
    ),
    ("STRIPE_SECRET_KEY", (*SECRETS, CANARY)),
)


def unfit(settings: type[ServiceSettings], field: str) -> tuple[str, ...]:
    """What the field must refuse; nothing where it holds no address and no secret."""
    info = settings.model_fields[field]
    for end, values in BAD:
        if variable_of(settings, field).endswith(end):
            return values
    kinds = (info.annotation, *get_args(info.annotation))
    if SecretStr in kinds:
        return SECRETS
    checks = [*info.metadata, *(m for kind in kinds for m in getattr(kind, "__metadata__", ()))]
    if AnyHttpUrl in kinds:
        return (CANARY, f"ftp://{CANARY}", f"http://h:{CANARY}")
    return BASES if AfterValidator(checked_base) in checks else ()


def cases() -> Iterator[Any]:
    for service in Service:
        settings = settings_of(service)
        for field in settings.model_fields:
            variable = variable_of(settings, field)
            for number, value in enumerate(unfit(settings, field)):
                yield pytest.param(service, {variable: value}, variable, id=f"{service}-{variable}-{number}")
            if takes_file(settings, field):
                given = {variable: "", f"{variable}_FILE": f"/{CANARY}"}
                yield pytest.param(service, given, f"{variable}_FILE", id=f"{service}-{variable}_FILE")


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Any:
    def started(service: Service, environment: dict[str, str], *arguments: str) -> str:
        """What a service says that does not start."""
        settings = settings_of(service)
        names = [variable_of(settings, field) for field in settings.model_fields]
        for name in names:
            good = next((value for end, value in GOOD.items() if name.endswith(end)), None)
            needed = settings.model_fields[settings_field(settings, name)].is_required()
            if good is not None and (needed or name == "STRIPE_WEBHOOK_SECRET"):
                monkeypatch.setenv(name, good)
            else:
                monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["service", *arguments])
        with pytest.raises(SystemExit) as ended:
            main("autocrea.none", settings, lambda _: pytest.fail("it was built"))
        assert ended.value.code == 1
        said = capfd.readouterr()
        return said.out + said.err

    return started


def settings_field(settings: type[ServiceSettings], variable: str) -> str:
    return next(field for field in settings.model_fields if variable_of(settings, field) == variable)


@pytest.mark.parametrize(("service", "environment", "named"), [*cases()])
def test_a_variable_is_refused_by_name_and_unquoted_when_no_service_could_use_it(
    start: Any, service: Service, environment: dict[str, str], named: str
) -> None:
    said = start(service, environment)
    assert named in said
    assert "this environment cannot be used" in said
    assert not [part for part in (CANARY, "s3cr3t", "canary") if part in said], said


@pytest.mark.parametrize("service", Service)
def test_every_address_and_every_secret_is_looked_at(service: Service) -> None:
    """A new one that is a plain text would be found by its first use, hours later."""
    settings = settings_of(service)
    addresses = ("_url", "_dsn", "endpoint", "issuer", "token", "secret", "_key")
    files = (
        "_file",
        "publishable_key",
        "axiom_dataset",
        "calls_per_key",
    )  # paths and figures; a key that is public
    looked_at = {field for field in settings.model_fields if unfit(settings, field)}
    named = {
        field
        for field in settings.model_fields
        if any(part in field for part in addresses) and not field.endswith(files) and "_tokens" not in field
    }
    plain = named - looked_at - {"first_token_seconds"}
    assert plain == set()
