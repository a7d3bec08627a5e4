"""What the processes of a stack are told: simulated until the person names the real thing."""

from pathlib import Path

import pytest
from autocrea.cli.parts import PostgresEndpoint, RabbitmqEndpoint
from autocrea.cli.stack.environment import Addresses, environment, replaced
from autocrea.cli.stack.layout import BILLING, LLM_ROUTER, PROVIDERS, SERVICES, SIMULATORS, prefix_of
from autocrea.cli.stack.secret_values import Secrets

VARIABLES = [f"{name.upper()}_API_{part}" for name in PROVIDERS for part in ("KEY", "KEY_FILE", "URL")]
SIMULATED = "AUTOCREA_LLM_ROUTER_SIMULATED_PROVIDERS"


@pytest.fixture(autouse=True)
def nothing_brought_along(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        *VARIABLES,
        SIMULATED,
        "CLERK_ISSUER",
        "STRIPE_SECRET_KEY",
        "STRIPE_SECRET_KEY_FILE",
        "AWS_S3_ENDPOINT_URL",
    ):
        monkeypatch.delenv(name, raising=False)


def environment_of(name: str, folder: Path) -> dict[str, str]:
    """One process' environment, of a stack whose parts need not run for it."""
    postgres = PostgresEndpoint(1, "secret")
    rabbitmq = RabbitmqEndpoint(2, 3, "secret", "/")
    ports = {process: 10 + number for number, process in enumerate((*SERVICES, SIMULATORS))}
    return environment(name, Addresses(postgres, rabbitmq, None, ports), Secrets(folder / "secrets"), folder)


def test_every_provider_is_simulated_with_a_key_of_its_own_when_nothing_is_named(tmp_path: Path) -> None:
    router, simulators = environment_of(LLM_ROUTER, tmp_path), environment_of(SIMULATORS, tmp_path)
    assert router[SIMULATED] == "joxcoder,openai,anthropic"
    port = simulators[f"{prefix_of(SIMULATORS)}PORT"]
    for name in PROVIDERS:
        assert router[f"{name.upper()}_API_URL"] == f"http://127.0.0.1:{port}/{name}/v1"
        key = router[f"{name.upper()}_API_KEY"]
        assert key == simulators[f"{prefix_of(SIMULATORS)}{name.upper()}_API_KEY"]
    assert len({router[f"{name.upper()}_API_KEY"] for name in PROVIDERS}) == len(PROVIDERS)


@pytest.mark.parametrize("part", ["KEY", "KEY_FILE", "URL"])
def test_provider_is_the_persons_when_its_key_or_address_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    monkeypatch.setenv(f"OPENAI_API_{part}", "mine")
    router = environment_of(LLM_ROUTER, tmp_path)
    assert router[SIMULATED] == "joxcoder,anthropic"
    assert {name: router.get(name) for name in VARIABLES if name.startswith("OPENAI")} == {
        "OPENAI_API_KEY": "mine" if part == "KEY" else None,
        "OPENAI_API_KEY_FILE": "mine" if part == "KEY_FILE" else None,
        "OPENAI_API_URL": "mine" if part == "URL" else None,
    }


def test_no_provider_is_simulated_when_the_default_model_is_real(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOXCODER_API_URL", "https://joxcoder.test/v1")
    router = environment_of(LLM_ROUTER, tmp_path)
    assert router[SIMULATED] == ""
    assert "OPENAI_API_URL" not in router
    assert not replaced().simulators
    monkeypatch.setenv("CLERK_ISSUER", "https://clerk.test")
    assert not replaced().simulators
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_test_mine")
    assert replaced().simulators


def test_billing_and_the_simulated_stripe_know_each_other_when_nothing_is_named(tmp_path: Path) -> None:
    billing, simulators = environment_of(BILLING, tmp_path), environment_of(SIMULATORS, tmp_path)
    prefix = prefix_of(SIMULATORS)
    assert billing["STRIPE_API_URL"] == f"http://127.0.0.1:{simulators[f'{prefix}PORT']}/stripe"
    assert billing["STRIPE_SECRET_KEY"] == simulators[f"{prefix}STRIPE_SECRET_KEY"]
    assert billing["STRIPE_SECRET_KEY"].startswith("sk_test_")
    assert billing["STRIPE_WEBHOOK_SECRET"] == simulators[f"{prefix}STRIPE_WEBHOOK_SECRET"]
    gateway = billing["AUTOCREA_BILLING_PAGES_URL"]
    assert simulators[f"{prefix}STRIPE_WEBHOOK_URL"] == f"{gateway}/api/webhooks/stripe"


def test_stripe_is_the_persons_when_its_key_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_test_mine")
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", "whsec_mine")
    billing = environment_of(BILLING, tmp_path)
    assert (billing["STRIPE_SECRET_KEY"], billing["STRIPE_WEBHOOK_SECRET"]) == ("sk_test_mine", "whsec_mine")
    assert "STRIPE_API_URL" not in billing


def test_stripe_is_the_persons_when_its_key_is_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRIPE_SECRET_KEY_FILE", "/mine")
    assert not environment_of(BILLING, tmp_path).keys() & {"STRIPE_SECRET_KEY", "STRIPE_API_URL"}


def test_a_key_alone_is_not_where_joxcoder_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOXCODER_API_KEY", "mine")
    monkeypatch.setenv("JOXCODER_API_KEY_FILE", "/mine")
    router = environment_of(LLM_ROUTER, tmp_path)
    assert router[SIMULATED] == "joxcoder,openai,anthropic"
    assert router["JOXCODER_API_KEY"] != "mine"
    assert router["JOXCODER_API_KEY_FILE"] == ""
