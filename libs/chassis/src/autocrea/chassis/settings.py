"""Settings that every service has. A service's own class adds its names and its prefix `AUTOCREA_<SERVICE>_`."""

import ipaddress
import os
from collections.abc import Iterable, Mapping
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from autocrea.chassis import secret_files
from autocrea.chassis.addresses import BaseUrl, names_server
from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

POSTGRESQL = frozenset({"postgresql", "postgres"})
AMQP = frozenset({"amqp", "amqps"})


class ServiceSettings(BaseSettings):
    """Read once at start, but for secrets in files. Unprefixed names are the founding document's or OpenTelemetry's.

    Any secret may be in a file that `<its variable>_FILE` names; what the file holds is looked at whenever it is used.
    """

    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        populate_by_name=True,
        hide_input_in_errors=True,
    )

    env: Literal["development", "staging", "production"] = Field(
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
        description="What an operator's request must present on `/operator` routes; while it is changed, the old and "
        "the new one with a comma between."
    )
    otlp_endpoint: BaseUrl | None = Field(
        None,
        validation_alias=AliasChoices("OTEL_EXPORTER_OTLP_ENDPOINT"),
        description="Where traces are sent over OTLP/HTTP. Unset: traces are made and carried along, not exported.",
    )
    otlp_headers: SecretStr | None = Field(
        None,
        validation_alias="OTEL_EXPORTER_OTLP_HEADERS",
        description="What a collector knows us by: `name=value`, more with commas between, percent-encoded.",
    )
    axiom_token: SecretStr | None = Field(
        None,
        validation_alias="AXIOM_TOKEN",
        description="Set: traces go to Axiom, or with this token to OTEL_EXPORTER_OTLP_ENDPOINT where that is set.",
    )
    axiom_dataset: str = Field(
        "autocrea",
        validation_alias="AXIOM_DATASET",
        description="Which of Axiom's datasets takes the traces.",
    )
    sentry_dsn: SecretStr | None = Field(
        None,
        validation_alias="SENTRY_DSN",
        description="Where bugs are told: type, place and trace id, never what somebody wrote. Unset: nowhere.",
    )
    drain_seconds: float = Field(
        60.0,
        ge=0,
        description="How long jobs and deliveries may take to end after SIGTERM; Kubernetes' grace lies above it.",
    )
    forwarded_allow_ips: str = Field(
        "127.0.0.1",
        validation_alias="FORWARDED_ALLOW_IPS",
        description="Proxies whose `X-Forwarded-For` is believed, separated by commas: addresses, networks or `*`.",
    )
    log_level: str = Field(
        "INFO", validation_alias="AUTOCREA_LOG_LEVEL", description="Level of the JSON logs."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """A `.env` that lies about is a developer's: elsewhere the environment alone counts."""
        if os.environ.get("ENV", "").strip() not in ("", "development"):
            return init_settings, env_settings
        return init_settings, env_settings, dotenv_settings

    @field_validator("database_url")
    @classmethod
    def _is_a_database(cls, url: SecretStr) -> SecretStr:
        """Like every address in a secret, looked at once: what its file holds later may be half of a change."""
        if not names_server(url.get_secret_value(), POSTGRESQL):
            raise ValueError("it must be postgresql://USER:PASSWORD@HOST:PORT/DATABASE, percent-encoded")
        return url

    @field_validator("broker_url")
    @classmethod
    def _is_a_broker(cls, url: SecretStr) -> SecretStr:
        if not names_server(url.get_secret_value(), AMQP):
            raise ValueError("it must be amqp:// or amqps://USER:PASSWORD@HOST:PORT/VHOST, percent-encoded")
        return url

    @field_validator("sentry_dsn")
    @classmethod
    def _is_a_dsn(cls, dsn: SecretStr | None) -> SecretStr | None:
        if dsn is not None and dsn.get_secret_value().strip() and not names_project(dsn.get_secret_value()):
            raise ValueError("it must be https://KEY@HOST/PROJECT, as Sentry shows it")
        return dsn

    @model_validator(mode="before")
    @classmethod
    def _secrets_from_files(cls, given: Mapping[str, Any]) -> Mapping[str, Any]:
        variables = {field: variable_of(cls, field) for field in cls.model_fields}
        return {**given, **secret_files.from_files(cls, variables, given)}

    @model_validator(mode="after")
    def _fit_for_its_environment(self) -> Self:
        faults = [
            f"{variable_of(type(self), name)} {fault}"
            for name in type(self).model_fields
            if isinstance(secret := getattr(self, name), SecretStr)
            and (fault := secret_files.fault_of(secret)) is not None
        ]
        if self.env == "production":
            faults += self.unfit_for_production()
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def unfit_for_production(self) -> Iterable[str]:
        """What would make this service believe or serve a simulator; a sentence each, naming the variable."""
        return ()


def names_project(dsn: str) -> bool:
    """Whether Sentry's client can do something with it."""
    from sentry_sdk.utils import Dsn  # most processes have none, and need not import it

    try:
        Dsn(dsn)
    except ValueError:  # which quotes it
        return False
    return True


def is_loopback(url: str) -> bool:
    """Whether a URL names this machine: what listens there stands in for something."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


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
