"""A router is set up by its environment alone, and a wrong environment is told variable by variable."""

import json
from pathlib import Path
from typing import Any

import pytest
from autocrea.chassis.keys import KeyRing
from autocrea.chassis.settings import faults_of
from autocrea.llm_router.settings import Settings
from pydantic import SecretStr, ValidationError

EXTRA = "AUTOCREA_LLM_ROUTER_EXTRA_PROVIDERS"
NEEDED = {
    "AUTOCREA_LLM_ROUTER_DATABASE_URL": "postgresql://x/y",
    "AUTOCREA_LLM_ROUTER_BROKER_URL": "amqp://x/y",
    "AUTOCREA_LLM_ROUTER_OPERATOR_TOKEN": "operator",
}
VLLM = {"name": "vllm", "url": "http://gpu:8000/v1", "models": ["llama-3.3"]}


@pytest.fixture(autouse=True)
def nothing_around(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No `.env` of the folder and no keys of the person who runs the tests."""
    monkeypatch.chdir(tmp_path)
    for provider in ("JOXCODER", "OPENAI", "ANTHROPIC"):
        for name in ("API_KEY", "API_KEY_FILE", "API_URL"):
            monkeypatch.delenv(f"{provider}_{name}", raising=False)


def read(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Settings:
    for name, value in {**NEEDED, **environment}.items():
        monkeypatch.setenv(name, value)
    return Settings()


def faults(monkeypatch: pytest.MonkeyPatch, **environment: str) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        read(monkeypatch, **environment)
    return faults_of(Settings, caught.value)


def test_each_model_has_a_provider_and_a_name_there_when_they_are_listed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    extra = [
        {**VLLM, "models": {"llama-3.3": "meta-llama/Llama-3.3-70B-Instruct"}, "key_file": "/keys/vllm"},
        {"name": "ollama", "url": "https://ollama.internal", "models": ["qwen=qwen3:32b", "phi"]},
    ]
    settings = read(
        monkeypatch,
        **{
            EXTRA: json.dumps(extra),
            "AUTOCREA_LLM_ROUTER_OPENAI_MODELS": "gpt-4.1=gpt-4.1-2025-04-14, gpt-4.1-mini",
            "ANTHROPIC_API_KEY": "the key",
        },
    )
    assert settings.models() == {
        "joxcoder": {"joxcoder-1": "joxcoder-1"},
        "openai": {"gpt-4.1": "gpt-4.1-2025-04-14", "gpt-4.1-mini": "gpt-4.1-mini"},
        "anthropic": {"claude-sonnet-5-5": "claude-sonnet-5-5", "claude-haiku-5-5": "claude-haiku-5-5"},
        "vllm": {"llama-3.3": "meta-llama/Llama-3.3-70B-Instruct"},
        "ollama": {"qwen": "qwen3:32b", "phi": "phi"},
    }
    sources = settings.key_sources()
    assert sources["anthropic"] == (SecretStr("the key"), None)
    assert sources["vllm"] == (None, Path("/keys/vllm"))
    assert sources["ollama"] == sources["joxcoder"] == (None, None)


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ([{**VLLM, "url": "gpu:8000"}], "provider 1 (vllm): url: it must begin with http:// or https://"),
        ([{**VLLM, "url": "http://u:p@gpu/v1"}], "provider 1 (vllm): url: it must have no user"),
        ([VLLM, {**VLLM, "name": "VLLM"}], "provider 2 (VLLM): name: String should match pattern"),
        ([{"name": "vllm", "models": ["m"]}], "provider 1 (vllm): url: Field required"),
        ([{**VLLM, "models": []}], "provider 1 (vllm): models: Value should have at least 1 item"),
        ([{**VLLM, "models": ["m", "m"]}], "provider 1 (vllm): models: each model has one name of its own"),
        ([{**VLLM, "models": "m"}], "provider 1 (vllm): models: Input should be a valid dictionary"),
        ([{**VLLM, "token": "x"}], "provider 1 (vllm): token: Extra inputs are not permitted"),
        ([{**VLLM, "key": "secret-key", "key_file": "/k"}], "provider 1 (vllm): it has a key and a key_file"),
        ([VLLM, VLLM], "vllm is there twice"),
        ([{**VLLM, "name": "openai"}], "openai has settings of its own"),
        (["vllm"], "provider 1: it: Input should be a valid dictionary"),
        (VLLM, "it must be a JSON array of objects"),
    ],
)
def test_the_variable_and_the_provider_are_named_when_an_entry_is_wrong(
    monkeypatch: pytest.MonkeyPatch, entries: Any, told: str
) -> None:
    (fault,) = faults(monkeypatch, **{EXTRA: json.dumps(entries)})
    assert fault.startswith(f"{EXTRA}: {told}")
    assert "secret-key" not in fault


def test_it_is_told_when_the_extra_providers_are_no_json(monkeypatch: pytest.MonkeyPatch) -> None:
    (fault,) = faults(monkeypatch, **{EXTRA: "[{secret-key"})
    assert fault.startswith(f"{EXTRA}: it is no JSON")
    assert "secret-key" not in fault


def test_it_is_told_when_two_providers_claim_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    extra = json.dumps([{**VLLM, "models": ["gpt-4.1"]}])
    assert faults(monkeypatch, **{EXTRA: extra}) == ["the model gpt-4.1 is set up at openai and at vllm"]


def test_it_is_told_when_a_key_has_two_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    told = faults(monkeypatch, ANTHROPIC_API_KEY="x", ANTHROPIC_API_KEY_FILE="/keys/anthropic")
    assert told == ["ANTHROPIC_API_KEY and ANTHROPIC_API_KEY_FILE are both set; unset one"]


def test_it_is_told_when_a_list_of_models_repeats_one(monkeypatch: pytest.MonkeyPatch) -> None:
    (fault,) = faults(monkeypatch, AUTOCREA_LLM_ROUTER_ANTHROPIC_MODELS="claude=a,claude=b")
    assert fault.startswith("AUTOCREA_LLM_ROUTER_ANTHROPIC_MODELS: each model has one name of its own")


async def test_a_key_is_used_when_the_environment_s_file_is_changed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in NEEDED.items():
        monkeypatch.setenv(name, value)
    file = tmp_path / ".env"
    file.write_text("OPENAI_API_KEY=old\n")
    ring = KeyRing(lambda: Settings().key_sources())
    assert ring.of("openai")() == SecretStr("old")
    file.write_text("OPENAI_API_KEY=new\nANTHROPIC_API_KEY=first\n")
    assert await ring.look() == {"openai", "anthropic"}
    assert ring.of("openai")() == SecretStr("new")
    file.write_text("AUTOCREA_LLM_ROUTER_EXTRA_PROVIDERS=[broken\n")
    assert await ring.look() == set()
    assert ring.of("openai")() == SecretStr("new")
