"""What billing is told by its environment."""

from datetime import timedelta

from autocrea.billing.domain.policy import Policy
from autocrea.chassis.settings import ServiceSettings
from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict


class Settings(ServiceSettings):
    """Read once at start."""

    model_config = SettingsConfigDict(env_prefix="AUTOCREA_BILLING_")

    http_port: int = Field(8003, description="Port of the internal API, operator routes, health and metrics.")
    gateway_token: SecretStr = Field(description="What the gateway must present on `/internal` routes.")
    welcome_tokens: int = Field(
        100, ge=0, description="Given once to a person whose e-mail is verified; 0 gives nothing."
    )
    welcome_daily_max_tokens: int = Field(
        20_000, ge=0, description="All welcome grants of a day (UTC) together; the next day gives the rest."
    )
    absorbed_daily_max_tokens: int = Field(
        150,
        ge=1,
        description="What the platform pays a day (UTC) for one person's rejected attempts and cancelled steps; "
        "at this sum new runs wait for the next day. Three times the default pipeline's quote.",
    )
    hold_overdue_seconds: int = Field(
        3_600, ge=60, description="A hold open this long is reported; longer than any run's deadline."
    )

    @property
    def policy(self) -> Policy:
        return Policy(self.welcome_tokens, self.welcome_daily_max_tokens, self.absorbed_daily_max_tokens)

    @property
    def hold_overdue_after(self) -> timedelta:
        return timedelta(seconds=self.hold_overdue_seconds)
