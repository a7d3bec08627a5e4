"""What the router is told by its environment. The providers' names are the founding document's."""

from collections.abc import Iterable
from pathlib import Path
from typing import Self

from autocrea.chassis.addresses import BaseUrl
from autocrea.chassis.settings import ServiceSettings, is_loopback
from autocrea.llm_router.adapters.provider_settings import (
    FOUNDING,
    ExtraProviders,
    Models,
    named_models,
    refuse_double_claims,
)
from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

JOXCODER, OPENAI, ANTHROPIC = FOUNDING


class Settings(ServiceSettings):
    """Read once at start; the keys again and again."""

    model_config = SettingsConfigDict(env_prefix="AUTOCREA_LLM_ROUTER_")

    http_port: int = Field(8002, description="Port of the operator routes, health and metrics.")
    joxcoder_api_url: BaseUrl | None = Field(
        None, validation_alias="JOXCODER_API_URL", description="Base of JoxCoder's API, up to and with /v1."
    )
    joxcoder_api_key: SecretStr | None = Field(
        None, validation_alias="JOXCODER_API_KEY", description="Unset: JoxCoder's models are not served."
    )
    joxcoder_api_key_file: Path | None = Field(
        None,
        validation_alias="JOXCODER_API_KEY_FILE",
        description="A file that holds the key instead; a change is noticed without a restart.",
    )
    joxcoder_models: Models = Field(
        "joxcoder-1",
        description="Models asked of JoxCoder, separated by commas; `name=other` when JoxCoder calls it otherwise.",
    )
    openai_api_url: BaseUrl = Field(
        "https://api.openai.com/v1", validation_alias="OPENAI_API_URL", description="Base of OpenAI's API."
    )
    openai_api_key: SecretStr | None = Field(
        None, validation_alias="OPENAI_API_KEY", description="Unset: OpenAI's models are not served."
    )
    openai_api_key_file: Path | None = Field(
        None, validation_alias="OPENAI_API_KEY_FILE", description="A file that holds the key instead."
    )
    openai_models: Models = Field("gpt-4.1,gpt-4.1-mini", description="Models asked of OpenAI, likewise.")
    anthropic_api_url: BaseUrl = Field(
        "https://api.anthropic.com/v1",
        validation_alias="ANTHROPIC_API_URL",
        description="Base of Anthropic's API, up to and with /v1.",
    )
    anthropic_api_key: SecretStr | None = Field(
        None, validation_alias="ANTHROPIC_API_KEY", description="Unset: Anthropic's models are not served."
    )
    anthropic_api_key_file: Path | None = Field(
        None, validation_alias="ANTHROPIC_API_KEY_FILE", description="A file that holds the key instead."
    )
    anthropic_models: Models = Field(
        "claude-sonnet-5-5,claude-haiku-5-5", description="Models asked of Anthropic, likewise."
    )
    extra_providers: ExtraProviders = Field(
        (),
        description="Further servers with OpenAI's wire, a JSON array of objects: `name`, `url` (up to and with "
        "/v1), `models` (a list of names, or an object from name to the server's own name) and, where the server "
        "wants one, `key` or `key_file`; `limit_parameter` when it is not `max_tokens`.",
    )
    simulated_providers: str = Field(
        "", description="Providers in whose place a simulator answers, separated by commas; people are told."
    )
    concurrency: int = Field(200, ge=1, description="Attempts that one process runs at once.")
    per_user: int = Field(
        8,
        ge=1,
        description="Attempts of one person that run at once, over all processes; one more where two of them look for "
        "work at the same moment.",
    )
    calls_per_key: int = Field(
        100,
        ge=1,
        description="Calls to one provider with one key that a process has open at once; more wait in turn, fairly "
        "by person. Providers answer 429 somewhere above: set it to what the key allows, shared by the replicas.",
    )
    first_token_seconds: float = Field(
        60.0, gt=0, description="A model that says nothing this long is given up."
    )
    silence_seconds: float = Field(30.0, gt=0, description="The same in mid-answer.")
    call_seconds: float = Field(600.0, gt=0, description="No single call takes longer.")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        refuse_double_claims(self.models())
        for provider in FOUNDING:
            if None not in self.key_sources()[provider]:
                name = f"{provider.upper()}_API_KEY"
                raise ValueError(f"{name} and {name}_FILE are both set; unset one")
        return self

    def unfit_for_production(self) -> Iterable[str]:
        if self.simulated_providers.strip():
            yield "AUTOCREA_LLM_ROUTER_SIMULATED_PROVIDERS must be unset with ENV=production"
        urls = {
            JOXCODER: self.joxcoder_api_url,
            OPENAI: self.openai_api_url,
            ANTHROPIC: self.anthropic_api_url,
        }
        for provider, url in urls.items():
            if url is not None and is_loopback(str(url)):
                yield f"{provider.upper()}_API_URL must not be a simulator's with ENV=production"

    def models(self) -> dict[str, dict[str, str]]:
        """For each provider its models: the rate card's name, and what the provider calls it. Raises ValueError."""
        founding = {
            JOXCODER: self.joxcoder_models,
            OPENAI: self.openai_models,
            ANTHROPIC: self.anthropic_models,
        }
        return {name: named_models(models) for name, models in founding.items()} | {
            extra.name: extra.models for extra in self.extra_providers
        }

    def key_sources(self) -> dict[str, tuple[SecretStr | None, Path | None]]:
        """For each provider its key, and the file that holds it."""
        return {
            JOXCODER: (self.joxcoder_api_key, self.joxcoder_api_key_file),
            OPENAI: (self.openai_api_key, self.openai_api_key_file),
            ANTHROPIC: (self.anthropic_api_key, self.anthropic_api_key_file),
        } | {extra.name: (extra.key, extra.key_file) for extra in self.extra_providers}
