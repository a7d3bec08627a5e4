"""What the simulators' process reads from its environment, once, at start."""

from pathlib import Path

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

# The default five-step generation, the shop, writes about 15,000 tokens one after the other (its two parallel steps
# count once, the longer one); at this pace that takes 12 to 15 seconds: long enough to watch, short enough to wait.
TOKENS_PER_SECOND = 1100.0

# A longer token would outlive any session that a developer keeps; Clerk's own live for a minute.
TOKEN_LIFETIME_SECONDS = 3600


class Settings(BaseSettings):
    """Environment AUTOCREA_SIMULATORS_<NAME>; the API keys also under their founding names."""

    model_config = SettingsConfigDict(
        env_prefix="AUTOCREA_SIMULATORS_", populate_by_name=True, extra="ignore"
    )

    host: str = "127.0.0.1"
    port: int = Field(default=7090, ge=1, le=65535)
    tokens_per_second: float = Field(default=TOKENS_PER_SECOND, ge=0, description="0 means no delay")
    joxcoder_api_key: SecretStr = Field(
        default=SecretStr("joxcoder-development-key"),
        validation_alias=AliasChoices("AUTOCREA_SIMULATORS_JOXCODER_API_KEY", "JOXCODER_API_KEY"),
    )
    openai_api_key: SecretStr = Field(
        default=SecretStr("openai-development-key"),
        validation_alias=AliasChoices("AUTOCREA_SIMULATORS_OPENAI_API_KEY", "OPENAI_API_KEY"),
    )
    anthropic_api_key: SecretStr = Field(
        default=SecretStr("anthropic-development-key"),
        validation_alias=AliasChoices("AUTOCREA_SIMULATORS_ANTHROPIC_API_KEY", "ANTHROPIC_API_KEY"),
    )
    stripe_secret_key: SecretStr = Field(
        default=SecretStr("sk_test_development"),
        validation_alias=AliasChoices("AUTOCREA_SIMULATORS_STRIPE_SECRET_KEY", "STRIPE_SECRET_KEY"),
    )
    stripe_webhook_secret: SecretStr = Field(
        default=SecretStr("whsec_development"), description="what webhooks are signed with"
    )
    stripe_webhook_url: str | None = Field(default=None, description="where webhooks go; unset: nowhere")
    issuer: str | None = Field(default=None, description="the address that tokens name; default: our own")
    authorized_party: str = Field(default="http://127.0.0.1:8000", description="the `azp` of tokens")
    state_dir: Path | None = Field(
        default=None, description="keeps keys, accounts and payments over a restart"
    )

    @property
    def issuer_url(self) -> str:
        """The `iss` claim, without a slash at its end."""
        return (self.issuer or f"http://{self.host}:{self.port}/identity").rstrip("/")
