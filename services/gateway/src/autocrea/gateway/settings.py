"""What the gateway is told by its environment. Without an issuer it trusts nobody, and starts on a loopback only."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from autocrea.chassis.addresses import BaseUrl, names_server
from autocrea.chassis.secret_files import SecretFile, fault_of
from autocrea.chassis.settings import ServiceSettings
from pydantic import AnyHttpUrl, BaseModel, Field, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode, SettingsConfigDict

REDIS_SCHEMES = frozenset({"redis", "rediss"})
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})


class OperatedService(BaseModel):
    """A service whose operator routes *Operaciones* asks, with its token or what a file then holds."""

    url: AnyHttpUrl
    token: SecretStr

    @model_validator(mode="before")
    @classmethod
    def _from_file(cls, given: Any) -> Any:
        if not isinstance(given, Mapping) or "token_file" not in given:
            return given
        if "token" in given:
            raise ValueError("`token` and `token_file` are both set; unset one")
        return {**given, "token": SecretFile(Path(str(given["token_file"])))}

    @field_validator("token")
    @classmethod
    def _is_usable(cls, token: SecretStr) -> SecretStr:
        if (fault := fault_of(token)) is not None:
            raise ValueError(f"its token {fault}")
        return token


class Settings(ServiceSettings):
    """Names without the prefix are the founding document's or Clerk's."""

    model_config = SettingsConfigDict(env_prefix="AUTOCREA_GATEWAY_")

    http_port: int = Field(8000, description="Port of the API.")
    allowed_origins: Annotated[list[str], NoDecode] = Field(
        ["http://localhost:3000"],
        validation_alias="ALLOWED_ORIGINS",
        description="Origins of our own pages: a JSON list or names separated by commas.",
    )
    clerk_issuer: BaseUrl | None = Field(
        None, validation_alias="CLERK_ISSUER", description="`iss` of the session tokens that are accepted."
    )
    clerk_jwks_url: BaseUrl | None = Field(
        None,
        validation_alias="CLERK_JWKS_URL",
        description="Its key set; unset: at the issuer's well-known path.",
    )
    clerk_authorized_parties: Annotated[list[str], NoDecode] = Field(
        [],
        validation_alias="CLERK_AUTHORIZED_PARTIES",
        description="Accepted `azp`; unset: the allowed origins.",
    )
    billing_url: AnyHttpUrl = Field(description="Base URL of billing's internal API.")
    artifacts_url: AnyHttpUrl = Field(description="Base URL of artifacts' internal API.")
    internal_token: SecretStr = Field(
        description="What the gateway presents to billing and artifacts; of two with a comma between, the first."
    )
    clerk_publishable_key: str | None = Field(
        None,
        validation_alias="CLERK_PUBLISHABLE_KEY",
        description="What pages sign people in with, by way of `/config.json`.",
    )
    redis_url: SecretStr | None = Field(
        None,
        validation_alias="REDIS_URL",
        description="Where all replicas count requests and streams together. Unset, or while it does not answer: each "
        "process counts for itself, and nobody is turned away for it.",
    )
    requests_per_user: int = Field(
        600, ge=1, description="Requests a minute of one person; above that 429 with Retry-After."
    )
    requests_per_address: int = Field(
        6_000, ge=1, description="Requests a minute of one address (of IPv6: one /64), whoever sends them."
    )
    operated_services: Annotated[dict[str, OperatedService], NoDecode] = Field(
        {},
        description="For *Operaciones*, a JSON object: of each service its `url` and operator `token`, or the "
        "`token_file` that holds it. A service that is not named is not asked.",
    )
    open_generations_max: int = Field(
        3, ge=1, description="Generations one person may have queued or running at a time."
    )

    pages_dir: Path | None = Field(None, description="Folder of the built front end; unset: the API alone.")

    @field_validator("allowed_origins", "clerk_authorized_parties", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        text = value.strip().removeprefix("[").removesuffix("]")
        return [name.strip().strip("\"'").rstrip("/") for name in text.split(",") if name.strip()]

    @field_validator("operated_services", mode="before")
    @classmethod
    def _read(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            raise ValueError("it must be a JSON object of objects") from None

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, url: SecretStr | None) -> SecretStr | None:
        """At start it is a slip of somebody's; what a file holds later may be half of a change, and is passed over."""
        if url is not None and not _names_redis(url.get_secret_value()):
            raise ValueError("it must be redis://HOST:PORT or rediss://HOST:PORT")
        return url

    @model_validator(mode="after")
    def _fail_closed(self) -> Self:
        development = self.env == "development" and self.http_host in LOOPBACK_HOSTS
        if self.clerk_issuer is None:
            if not development:
                raise ValueError(
                    "CLERK_ISSUER must be set, except with ENV=development on a loopback address"
                )
            return self
        scheme = {urlsplit(url).scheme for url in (self.clerk_issuer, self.jwks_url)}
        if scheme != {"https"} and not development:
            raise ValueError("CLERK_ISSUER and CLERK_JWKS_URL must be https")
        if not self.authorized_parties:
            raise ValueError(
                "CLERK_AUTHORIZED_PARTIES or ALLOWED_ORIGINS must name the pages that may sign in"
            )
        return self

    @property
    def jwks_url(self) -> str:
        return self.clerk_jwks_url or f"{(self.clerk_issuer or '').rstrip('/')}/.well-known/jwks.json"

    @property
    def development_sign_in(self) -> str | None:
        """Where the identity simulator gives tokens away; a real issuer is https and has no such address."""
        if self.env != "development" or self.clerk_issuer is None or self.clerk_issuer.startswith("https:"):
            return None
        return f"{self.clerk_issuer.rstrip('/')}/token"

    @property
    def authorized_parties(self) -> list[str]:
        return self.clerk_authorized_parties or self.allowed_origins


def _names_redis(url: str) -> bool:
    return names_server(url, REDIS_SCHEMES) and urlsplit(url).port is not None
