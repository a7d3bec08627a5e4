"""What artifacts is told by its environment. The names of S3 are the ones that every S3 client knows."""

from collections.abc import Iterable

from autocrea.chassis.addresses import BaseUrl
from autocrea.chassis.settings import ServiceSettings, is_loopback
from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict


class Settings(ServiceSettings):
    """Read once at start."""

    model_config = SettingsConfigDict(env_prefix="AUTOCREA_ARTIFACTS_")

    http_port: int = Field(8004, description="Port of the internal API, operator routes, health and metrics.")
    gateway_token: SecretStr = Field(
        description="What the gateway must present on `/internal` routes; while it is changed, the old and the new one "
        "with a comma between."
    )
    files_kept_days: int = Field(
        30,
        ge=1,
        description="Days after which an archive alone serves its files, and the database forgets them.",
    )
    bucket: str = Field(
        validation_alias="AWS_S3_BUCKET", description="Bucket of the archives; it must exist."
    )
    region: str = Field("us-east-1", validation_alias="AWS_REGION", description="Region of the bucket.")
    endpoint_url: BaseUrl | None = Field(
        None, validation_alias="AWS_S3_ENDPOINT_URL", description="Where S3 is. Unset: at Amazon's."
    )
    public_endpoint_url: BaseUrl | None = Field(
        None,
        validation_alias="AWS_S3_PUBLIC_ENDPOINT_URL",
        description="Where browsers reach the same S3. Unset: archives are streamed through the gateway.",
    )
    access_key_id: SecretStr | None = Field(
        None, validation_alias="AWS_ACCESS_KEY_ID", description="Unset: the machine's own identity is used."
    )
    secret_access_key: SecretStr | None = Field(
        None, validation_alias="AWS_SECRET_ACCESS_KEY", description="Goes with AWS_ACCESS_KEY_ID."
    )

    def unfit_for_production(self) -> Iterable[str]:
        for name, url in (
            ("AWS_S3_ENDPOINT_URL", self.endpoint_url),
            ("AWS_S3_PUBLIC_ENDPOINT_URL", self.public_endpoint_url),
        ):
            if url is not None and is_loopback(url):
                yield f"{name} must not be this machine's with ENV=production"
