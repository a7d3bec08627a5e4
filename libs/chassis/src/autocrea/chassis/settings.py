"""Settings that every service has. A service's own class adds its names and its prefix `AUTOCREA_<SERVICE>_`."""

from pydantic import AliasChoices, Field, SecretStr
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
    log_level: str = Field(
        "INFO", validation_alias="AUTOCREA_LOG_LEVEL", description="Level of the JSON logs."
    )
