"""The router does not serve a simulator's models where people pay for real ones."""

import pytest
from autocrea.llm_router.settings import Settings
from pydantic import ValidationError

REQUIRED = {
    "database_url": "postgresql://h/d",
    "broker_url": "amqp://h/",
    "operator_token": "operator",
    "ENV": "production",
}


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ({"simulated_providers": "joxcoder"}, "AUTOCREA_LLM_ROUTER_SIMULATED_PROVIDERS"),
        ({"JOXCODER_API_URL": "http://127.0.0.1:7090/joxcoder/v1"}, "JOXCODER_API_URL"),
        ({"ANTHROPIC_API_URL": "http://localhost:7090/anthropic/v1"}, "ANTHROPIC_API_URL"),
    ],
)
def test_the_service_does_not_start_when_a_provider_is_simulated_in_production(
    said: dict[str, str], named: str
) -> None:
    with pytest.raises(ValidationError, match=named):
        Settings(**REQUIRED, **said)


def test_the_service_starts_when_its_providers_are_real() -> None:
    assert Settings(**REQUIRED, JOXCODER_API_URL="https://api.joxcoder.example/v1").env == "production"
