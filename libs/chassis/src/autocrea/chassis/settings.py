"""Settings that every service has. A service's own class adds its names and its prefix `AUTOCREA_<SERVICE>_`."""

from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict


class ServiceSettings(BaseSettings):
    """Read once at start. Unprefixed names are the founding document's or OpenTelemetry's own."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        populate_by_name=True,
        hide_input_in_errors=True,
    )

    env: str = Field(
        "development", validation_alias="ENV", description="`development`, `staging` or `production`."
    )
    database_url: SecretStr = Field(
        description="PostgreSQL URL of this service's own database, as its own role."
    )
    broker_url: SecretStr = Field(description="AMQP URL of the broker, as this service's own user.")
    http_host: str = Field("127.0.0.1", description="Address the HTTP server listens on.")
    http_port: int = Field(
        description="Port of the HTTP server: API, internal and operator routes, health, metrics."
    )
    operator_token: SecretStr = Field(
        description="What an operator's request must present on `/operator` routes."
    )
    otlp_endpoint: str | None = Field(
        None,
        validation_alias=AliasChoices("OTEL_EXPORTER_OTLP_ENDPOINT"),
        description="Where traces are sent over OTLP/HTTP. Unset: traces are made and carried along, not exported.",
    )
    drain_seconds: float = Field(
        60.0,
        ge=0,
        description="How long jobs and deliveries may take to end after SIGTERM; Kubernetes' grace lies above it.",
    )
    log_level: str = Field(
        "INFO", validation_alias="AUTOCREA_LOG_LEVEL", description="Level of the JSON logs."
    )


def variable_of(settings: type[BaseSettings], field: str) -> str:
    """The environment variable that a field is read from."""
    info: FieldInfo = settings.model_fields[field]
    alias = info.validation_alias
    if isinstance(alias, AliasChoices):
        return str(alias.choices[0])
    if alias is not None:
        return str(alias)
    return f"{settings.model_config.get('env_prefix', '')}{field}".upper()


def faults_of(settings: type[BaseSettings], error: ValidationError) -> list[str]:
    """What is wrong with the environment, a sentence for each variable, without any value."""
    sentences = []
    for fault in error.errors(include_url=False, include_input=False, include_context=False):
        if not fault["loc"]:
            sentences.append(fault["msg"].removeprefix("Value error, "))
            continue
        place = str(fault["loc"][0])
        name = variable_of(settings, place) if place in settings.model_fields else place
        said = "it must be set" if fault["type"] == "missing" else fault["msg"].removeprefix("Value error, ")
        sentences.append(f"{name}: {said}")
    return sentences
