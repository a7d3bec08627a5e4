"""What the router is told by its environment. The providers' names are the founding document's."""

from autocrea.chassis.settings import ServiceSettings
from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict


class Settings(ServiceSettings):
    """Read once at start."""

    model_config = SettingsConfigDict(env_prefix="AUTOCREA_LLM_ROUTER_")

    http_port: int = Field(8002, description="Port of the operator routes, health and metrics.")
    joxcoder_api_url: str | None = Field(
        None, validation_alias="JOXCODER_API_URL", description="Base of JoxCoder's API, up to and with /v1."
    )
    joxcoder_api_key: SecretStr | None = Field(
        None, validation_alias="JOXCODER_API_KEY", description="Unset: JoxCoder's models are not served."
    )
    joxcoder_models: str = Field("joxcoder-1", description="Models asked of JoxCoder, separated by commas.")
    openai_api_url: str = Field(
        "https://api.openai.com/v1",
        validation_alias="OPENAI_API_URL",
        description="Base of OpenAI's API, or of any other server with the same wire.",
    )
    openai_api_key: SecretStr | None = Field(
        None, validation_alias="OPENAI_API_KEY", description="Unset: OpenAI's models are not served."
    )
    openai_models: str = Field("gpt-4.1,gpt-4.1-mini", description="Models asked of OpenAI, likewise.")
    simulated_providers: str = Field(
        "", description="Providers in whose place a simulator answers, separated by commas; people are told."
    )
    concurrency: int = Field(200, ge=1, description="Attempts that one process runs at once.")
    per_user: int = Field(8, ge=1, description="Attempts of one person that run at once, over all processes.")
    first_token_seconds: float = Field(
        60.0, gt=0, description="A model that says nothing this long is given up."
    )
    silence_seconds: float = Field(30.0, gt=0, description="The same in mid-answer.")
    call_seconds: float = Field(600.0, gt=0, description="No single call takes longer.")


def listed(setting: str) -> tuple[str, ...]:
    """The parts of a comma-separated setting."""
    return tuple(part.strip() for part in setting.split(",") if part.strip())
