"""What billing is told by its environment."""

import re
from datetime import timedelta
from typing import Final, Self

from autocrea.billing.domain.policy import Policy
from autocrea.chassis.settings import ServiceSettings
from pydantic import AnyHttpUrl, Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

KEY_MODE: Final = re.compile(r"^[sr]k_(?P<mode>live|test)_")


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

    stripe_secret_key: SecretStr | None = Field(
        None,
        validation_alias="STRIPE_SECRET_KEY",
        description="Unset: nothing can be bought. Its beginning says which mode's events are believed.",
    )
    stripe_webhook_secret: SecretStr | None = Field(
        None,
        validation_alias="STRIPE_WEBHOOK_SECRET",
        description="What webhooks are signed with; while it is changed, the old and the new one with a comma between.",
    )
    stripe_api_url: AnyHttpUrl = Field(
        AnyHttpUrl("https://api.stripe.com"),
        validation_alias="STRIPE_API_URL",
        description="Where Stripe's API is; a simulator's address in development.",
    )
    pages_url: AnyHttpUrl = Field(
        AnyHttpUrl("http://127.0.0.1:8000"),
        description="Where our pages are: Stripe sends people back there.",
    )

    @model_validator(mode="after")
    def _money_fails_closed(self) -> Self:
        if self.stripe_secret_key is None:
            return self
        if not self.webhook_secrets:
            raise ValueError("STRIPE_WEBHOOK_SECRET must be set where STRIPE_SECRET_KEY is")
        if KEY_MODE.match(self.stripe_secret_key.get_secret_value()) is None:
            raise ValueError("STRIPE_SECRET_KEY must begin with sk_live_, sk_test_, rk_live_ or rk_test_")
        if self.env == "production" and not (self.livemode and self.stripe_api_url.scheme == "https"):
            raise ValueError(
                "ENV=production sells for real money: STRIPE_SECRET_KEY must be a live key over https"
            )
        return self

    @property
    def webhook_secrets(self) -> tuple[SecretStr, ...]:
        """Those in force; an empty one would be anybody's."""
        text = self.stripe_webhook_secret.get_secret_value() if self.stripe_webhook_secret else ""
        return tuple(SecretStr(part.strip()) for part in text.split(",") if part.strip())

    @property
    def livemode(self) -> bool:
        """Whether the key moves real money."""
        key = self.stripe_secret_key.get_secret_value() if self.stripe_secret_key else ""
        match = KEY_MODE.match(key)
        return match is not None and match["mode"] == "live"

    @property
    def policy(self) -> Policy:
        return Policy(self.welcome_tokens, self.welcome_daily_max_tokens, self.absorbed_daily_max_tokens)

    @property
    def hold_overdue_after(self) -> timedelta:
        return timedelta(seconds=self.hold_overdue_seconds)
